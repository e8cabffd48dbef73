"""``flywheel traces ingest``: read files of traces into the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from flywheel.archive import create_archive
from flywheel.commands.common import (
    HERE,
    FolderOption,
    JsonOption,
    counted,
    observing,
    wide_console,
    write_json,
)
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.ingesting import bring_in
from traces.ingest import FileReport, IngestReport
from traces.terminal import one_line

_PATH = 160  # characters of a path


def command(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders; .gz and .zst are unpacked.")],
    folder: FolderOption = HERE,
    *,
    as_json: JsonOption = False,
) -> int:
    """Read traces of any known format into the store; each content is stored once, however often it is read.

    Formats are known by content: OTLP (JSON lines, stored bodies), OpenInference, Jaeger, Tempo, Claude Code,
    Codex, Gemini CLI and OpenCode sessions, mini-swe-agent, SWE-agent, ATIF and Harbor trials. Ctrl-C keeps
    what was read.
    Example: `flywheel traces ingest ~/.claude/projects`
    """
    if missing := [path for path in paths if not path.exists()]:
        raise FlywheelError(f"there is no {missing[0]}")
    with observing(as_json=as_json) as observer:
        report = bring_in(create_archive(folder), paths, observer)
    if as_json:
        write_json(ingest_document(report))
    else:
        _print(report)
    return ExitCode.INTERRUPTED if report.interrupted else ExitCode.DONE


def ingest_document(report: IngestReport) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "runs": report.runs,
        "spans": report.spans,
        "stored": report.stored,
        "duplicate": report.duplicate,
        "verdicts": report.verdicts,
        "interrupted": report.interrupted,
        "files": [
            {
                "path": str(file.path),
                "format": file.format,
                "left_out": file.left_out,
                "runs": file.runs,
                "spans": file.spans,
                "stored": file.stored,
                "duplicate": file.duplicate,
                "skipped": [
                    {"reason": parts.reason, "count": parts.count, "first_line": parts.first_line}
                    for parts in file.skipped
                ],
            }
            for file in report.files
        ],
    }


def _print(report: IngestReport) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("format")
    for name in ("files", "runs", "read", "stored", "duplicate", "skipped"):
        table.add_column(name, justify="right")
    for name, files in sorted(_by_format(report).items()):
        table.add_row(one_line(name, 40), *(f"{count:,}" for count in _sums(files)))
    wide_console().print(table)
    _print_skipped(report)
    _print_left_out(report)
    verdicts = f", and {counted(report.verdicts, 'verdict')} from lists" if report.verdicts else ""
    runs, spans = counted(report.runs, "run"), counted(report.spans, "span")
    typer.echo(f"{runs}{verdicts}; {report.stored:,} of {spans} new")
    if report.runs:
        typer.echo("`flywheel traces search TEXT` finds spans, `flywheel analyze` tells why runs fail")


def _print_skipped(report: IngestReport) -> None:
    """A line for each reason, the most frequent first, with the first place; ``--json`` has them all."""
    places: dict[str, list[str]] = {}
    for file in report.files:
        for parts in file.skipped:
            line = f":{parts.first_line}" if parts.first_line else ""
            places.setdefault(parts.reason, []).append(f"{file.path}{line}")
    for reason, count in sorted(report.skipped.items(), key=lambda found: (-found[1], found[0])):
        typer.echo(f"skipped {count:,}: {one_line(reason, 100)} ({_first_of(places[reason])})")


def _print_left_out(report: IngestReport) -> None:
    for reason, count in report.left_out.items():
        places = [str(file.path) for file in report.files if file.left_out == reason]
        typer.echo(f"left out {counted(count, 'file')}: {reason} ({_first_of(places)})")


def _first_of(places: list[str]) -> str:
    more = f" and {counted(len(places) - 1, 'more file')}" if len(places) > 1 else ""
    return f"{one_line(places[0], _PATH)}{more}"


def _by_format(report: IngestReport) -> Mapping[str, list[FileReport]]:
    found: dict[str, list[FileReport]] = {}
    for file in report.files:
        if file.format:
            found.setdefault(file.format, []).append(file)
    return found


def _sums(files: list[FileReport]) -> tuple[int, ...]:
    skipped = sum(parts.count for file in files for parts in file.skipped)
    counts = [(file.runs, file.spans, file.stored, file.duplicate) for file in files]
    return (len(files), *(sum(column) for column in zip(*counts, strict=True)), skipped)
