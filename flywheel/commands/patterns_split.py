"""``flywheel patterns split``: some runs of a pattern are another one."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.analysis.correcting import split_pattern
from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, counted
from flywheel.exit_codes import ExitCode


def command(
    pattern: Annotated[
        str, typer.Argument(help="The pattern to take apart: its id or enough of its beginning.")
    ],
    runs: Annotated[
        list[str], typer.Argument(help="Runs that are something else, by the beginning of their ids.")
    ],
    folder: FolderOption = HERE,
    *,
    name: Annotated[str, typer.Option(help="What the new pattern is called.")] = "",
) -> int:
    """Say that some runs of a pattern are another one; later runs that resemble them go there too.

    Example: `flywheel patterns split p-3f9a 81d0 9c2e --name "stops at the first red test"`
    """
    correction = split_pattern(open_archive(folder), pattern, runs, name=name)
    moved = counted(len(correction.run_ids), "run")
    typer.echo(f"{moved} of {correction.pattern} are {correction.into} from now on")
    return ExitCode.DONE
