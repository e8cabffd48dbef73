"""``flywheel traces stats``: how much there is, of what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, counted, observing, write_json
from flywheel.exit_codes import ExitCode
from flywheel.indexing import caught_up
from traces.embedded import EmbeddedIndex
from traces.embedded.stats import IndexStats
from traces.index import Query, Sort, Where
from traces.segments import segment_paths
from traces.terminal import one_line

_MEBIBYTE = 1 << 20
_FIRST_DAY = 86_400.0  # importers of sources without times count up from the epoch


def command(folder: FolderOption = HERE, *, as_json: JsonOption = False) -> int:
    """Count runs, spans and bytes, by source, outcome and agent.

    Example: `flywheel traces stats`
    """
    archive = open_archive(folder)
    archive.require_traces()
    with observing(as_json=as_json) as observer, caught_up(archive, observer) as index:
        stats = _dated(index, index.stats())
    paths = [*segment_paths(archive.store.own), *segment_paths(archive.store.foreign)]
    stored = sum(path.stat().st_size for path in paths)
    if as_json:
        write_json(_document(stats, len(paths), stored))
    else:
        _print(stats, len(paths), stored)
    return ExitCode.DONE


def _dated(index: EmbeddedIndex, stats: IndexStats) -> IndexStats:
    """The numbers with the start of the first run whose source tells times at all."""
    known = Where(field="time", operator=">=", value=str(_FIRST_DAY))
    query = Query(where=(known,), sort=(Sort(field="time"),), by_run=True, limit=1)
    hits = index.search(query).hits
    if not hits:
        return replace(stats, start=None, end=None)
    return replace(stats, start=float(hits[0].fields["time"]))


def _document(stats: IndexStats, segments: int, stored: int) -> dict[str, Any]:
    return {
        "runs": stats.runs,
        "spans": stats.spans,
        "other_traces": stats.others,
        "start": stats.start,
        "end": stats.end,
        "segments": segments,
        "segment_bytes": stored,
        "index_bytes": stats.size,
        "runs_by": {name: dict(counts) for name, counts in stats.runs_by.items()},
    }


def _print(stats: IndexStats, segments: int, stored: int) -> None:
    typer.echo(f"{counted(stats.runs, 'run')}, {counted(stats.spans, 'span')}{_between(stats)}")
    if stats.others:
        typer.echo(f"{counted(stats.others, 'further trace')} without any agent's work")
    typer.echo(
        f"{stored / _MEBIBYTE:,.1f} MB in {counted(segments, 'segment')}, {stats.size / _MEBIBYTE:,.1f} MB of index"
    )
    for name, counts in stats.runs_by.items():
        typer.echo(f"\nruns by {name}:")
        for value, count in counts.items():
            typer.echo(f"  {count:8,} {one_line(value, 80) or '(none)'}")


def _between(stats: IndexStats) -> str:
    days = [_day(moment) for moment in (stats.start, stats.end) if moment is not None]
    return f", {' to '.join(dict.fromkeys(days))}" if all(days) and days else ""


def _day(moment: float) -> str:
    try:
        return datetime.fromtimestamp(moment, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
