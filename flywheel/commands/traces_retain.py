"""``flywheel traces retain``: compress what is closed, remove what is old."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import (
    DAY_SECONDS,
    GIGABYTE,
    HERE,
    FolderOption,
    JsonOption,
    counted,
    observing,
    write_json,
)
from flywheel.exit_codes import ExitCode
from flywheel.indexing import caught_up
from traces.segments import CompressReport, RetentionReport, compress_closed, retain

_MEGABYTE = 1_000_000


def command(
    folder: FolderOption = HERE,
    *,
    days: Annotated[float | None, typer.Option(min=0, help="Remove what was written longer ago.")] = None,
    gigabytes: Annotated[
        float | None, typer.Option(min=0, help="Remove the oldest until the rest is no larger.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Compress closed segments of received and imported traces, and remove the oldest, whole traces only.

    Runs of this repository's own experiments are never removed: the ledger's decisions rest on them.
    Example: `flywheel traces retain --days 30 --gigabytes 5`
    """
    archive = open_archive(folder)
    archive.require_traces()
    with observing(as_json=as_json) as observer:
        packed = CompressReport(segments=(), bytes_before=0, bytes_after=0, live=0)
        if not dry_run:
            observer.stage("compress closed segments")
            packed = compress_closed(archive.store.foreign)
        report = retain(
            archive.store.foreign,
            max_age_seconds=None if days is None else days * DAY_SECONDS,
            max_bytes=None if gigabytes is None else int(gigabytes * GIGABYTE),
            now_ns=time.time_ns(),
            dry_run=dry_run,
        )
        if report.taken and not dry_run:
            with caught_up(archive, observer):
                observer.note("the index forgot what was removed")
    if as_json:
        write_json(_document(packed, report))
    else:
        _print(packed, report, would="would be " if dry_run else "")
    return ExitCode.DONE


def _document(packed: CompressReport, report: RetentionReport) -> dict[str, object]:
    return {
        "compressed": list(packed.segments),
        "bytes_before": packed.bytes_before,
        "bytes_after": packed.bytes_after,
        "removed": list(report.taken),
        "bytes_removed": report.bytes_taken,
        "bytes_kept": report.bytes_kept,
        "bytes_over": report.bytes_over,
        "held": [
            {"segment": held.segment, "live": list(held.live), "young": list(held.young)}
            for held in report.held
        ],
    }


def _print(packed: CompressReport, report: RetentionReport, *, would: str) -> None:
    if packed.segments:
        typer.echo(
            f"compressed {counted(len(packed.segments), 'segment')}: {packed.bytes_before / _MEGABYTE:,.1f} MB "
            f"became {packed.bytes_after / _MEGABYTE:,.1f} MB"
        )
    typer.echo(
        f"{counted(len(report.taken), 'segment')} {would}removed, {report.bytes_taken / _MEGABYTE:,.1f} MB; "
        f"{report.bytes_kept / _MEGABYTE:,.1f} MB stay"
    )
    for held in report.held:
        why = "is still being written" if held.live else "is too young to go"
        typer.echo(f"  {held.segment} stays: it shares traces with a segment that {why}")
    if report.bytes_over:
        typer.echo(f"{report.bytes_over / _MEGABYTE:,.1f} MB over the limit could not be removed")
