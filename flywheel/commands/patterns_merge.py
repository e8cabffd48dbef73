"""``flywheel patterns merge``: two patterns are one."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.analysis.correcting import merge_patterns
from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption
from flywheel.exit_codes import ExitCode


def command(
    pattern: Annotated[
        str, typer.Argument(help="The pattern whose runs move: its id or enough of its beginning.")
    ],
    into: Annotated[str, typer.Argument(help="The pattern that they belong to from now on.")],
    folder: FolderOption = HERE,
) -> int:
    """Say that two patterns are one; later runs of either belong to the second.

    Example: `flywheel patterns merge p-3f9a p-77c0`
    """
    correction = merge_patterns(open_archive(folder), pattern, into)
    typer.echo(f"runs of {correction.pattern} belong to {correction.into} from now on")
    return ExitCode.DONE
