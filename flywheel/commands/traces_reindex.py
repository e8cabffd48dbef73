"""``flywheel traces reindex``: build the index anew from the segments."""

from __future__ import annotations

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, counted, observing, write_json
from flywheel.exit_codes import ExitCode
from flywheel.indexing import rebuild


def command(folder: FolderOption = HERE, *, as_json: JsonOption = False) -> int:
    """Build the index of all traces anew; nothing but time is lost by deleting it.

    Example: `flywheel traces reindex -C my-harness`
    """
    with observing(as_json=as_json) as observer:
        observer.stage("rebuild the index")
        report = rebuild(open_archive(folder))
    if as_json:
        write_json({"runs": report.runs, "spans": report.spans, "damaged": report.damaged})
    else:
        typer.echo(
            f"indexed {counted(report.spans, 'span')} of {counted(report.runs, 'run')}; "
            f"{counted(report.damaged, 'damaged record')} skipped"
        )
    return ExitCode.DONE
