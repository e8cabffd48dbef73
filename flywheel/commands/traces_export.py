"""``flywheel traces export``: runs in the formats of other programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import orjson
import typer

from flywheel.archive import Archive, open_archive
from flywheel.commands.common import HERE, FolderOption, WhereOption, counted
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.indexing import asks_for_signals, caught_up, detect
from flywheel.observer import SilentObserver
from flywheel.reading import find_run, matching_runs
from traces.export.atif import atif_document
from traces.export.otlp import otlp_request
from traces.index import Query
from traces.run import Run
from traces.where import parse_where


class Format(StrEnum):
    """What a line of the export is."""

    OTLP = "otlp"
    ATIF = "atif"


_LINES: dict[Format, Callable[[Run], bytes]] = {
    Format.OTLP: otlp_request,
    Format.ATIF: lambda run: orjson.dumps(atif_document(run)),
}


def command(
    runs: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of runs, or enough of their beginnings; none: all that match."),
    ] = None,
    folder: FolderOption = HERE,
    *,
    text: Annotated[str, typer.Option(help="Words that must occur in a run's spans.")] = "",
    where: WhereOption = None,
    form: Annotated[
        Format, typer.Option("--format", help="OTLP JSON lines, or ATIF trajectories.")
    ] = Format.OTLP,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; default: standard output.")
    ] = None,
) -> int:
    """Write runs, one a line; runs of held-out splits stay closed unless named one by one.

    Example: `flywheel traces export --where outcome=failed --format atif --output failures.jsonl`
    """
    archive = open_archive(folder)
    archive.require_traces()
    query = Query(text=text, where=tuple(parse_where(condition) for condition in where or ()))
    if runs and (text or where):
        raise FlywheelError("name runs or give conditions, not both")
    if output is not None and output.exists():
        raise FlywheelError(f"{output} is there already; remove it or choose another name")
    with _opened(output) as file:
        found = (find_run(archive, run) for run in runs) if runs else _matching(archive, query)
        count = _write(file, found, _LINES[form])
    sys.stderr.write(f"{counted(count, 'run')} written\n")
    return ExitCode.DONE


def _matching(archive: Archive, query: Query) -> Iterator[Run]:
    with caught_up(archive) as index:
        if asks_for_signals(query):
            detect(archive, index, SilentObserver())
        yield from matching_runs(archive, index, text=query.text, where=query.where)


def _write(file: BinaryIO, runs: Iterable[Run], line: Callable[[Run], bytes]) -> int:
    count = 0
    for run in runs:
        file.write(line(run).rstrip(b"\n") + b"\n")
        count += 1
    return count


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
