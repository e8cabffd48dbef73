"""``flywheel traces verify``: read every record and its checksum."""

from __future__ import annotations

from typing import Any

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, counted, write_json
from flywheel.exit_codes import ExitCode
from traces.segments import VerifyReport, verify


def command(folder: FolderOption = HERE, *, as_json: JsonOption = False) -> int:
    """Read all segments to their ends and name what is damaged; exit code 1 where anything is.

    Example: `flywheel traces verify`
    """
    archive = open_archive(folder)
    archive.require_traces()
    reports = {path.name: verify(path) for path in (archive.store.own, archive.store.foreign)}
    if as_json:
        write_json({name: _document(report) for name, report in reports.items()})
    else:
        for name, report in reports.items():
            _print(name, report)
    if all(report.ok for report in reports.values()):
        return ExitCode.DONE
    if not as_json:
        typer.echo(
            "the damaged records are lost, all others are read; what was imported can be ingested again"
        )
    return ExitCode.NEGATIVE


def _document(report: VerifyReport) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "spans": report.spans,
        "traces": report.traces,
        "duplicates": report.duplicates,
        "segments": [
            {
                "name": segment.name,
                "state": segment.state,
                "bytes": segment.bytes,
                "spans": segment.spans,
                "torn": segment.torn,
                "corrupt": segment.corrupt,
                "bad_frames": segment.bad_frames,
                "places": list(segment.places),
            }
            for segment in report.segments
        ],
    }


def _print(name: str, report: VerifyReport) -> None:
    if not report.segments:
        return
    typer.echo(
        f"{name}: {counted(len(report.segments), 'segment')}, {counted(report.spans, 'span')} of "
        f"{counted(report.traces, 'trace')}, {report.duplicates:,} in several versions: "
        f"{'all whole' if report.ok else 'DAMAGED'}"
    )
    for segment in report.segments:
        for place in segment.places:
            typer.echo(f"  {place}")
