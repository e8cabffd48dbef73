"""``flywheel patterns list``: every pattern that was ever recorded, and what persons said of it."""

from __future__ import annotations

import typer

from flywheel.analysis.correcting import listed
from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, write_json
from flywheel.exit_codes import ExitCode
from traces.terminal import one_line


def command(folder: FolderOption = HERE, *, as_json: JsonOption = False) -> int:
    """List the patterns of the recorded rounds with their state; reads the ledger alone.

    Example: `flywheel patterns list -C my-harness`
    """
    rows = listed(open_archive(folder))
    if as_json:
        write_json([row.document() for row in rows])
        return ExitCode.DONE
    for row in rows:
        counts = " ".join(str(count.count) for count in row.known.history)
        typer.echo(
            f"{row.known.id:14} {row.known.status:10} {one_line(row.name, 90)}  runs by round: {counts}{row.note}"
        )
    if not rows:
        typer.echo(
            "no pattern is recorded yet; `flywheel optimize` and `flywheel analyze --record` record them"
        )
    return ExitCode.DONE
