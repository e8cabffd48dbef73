"""``flywheel patterns label``: give a pattern the name that your team uses."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.analysis.correcting import label_pattern
from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption
from flywheel.exit_codes import ExitCode
from traces.terminal import printable


def command(
    pattern: Annotated[str, typer.Argument(help="A pattern's id, enough of its beginning, or its name.")],
    name: Annotated[str, typer.Argument(help="What it is to be called from now on.")],
    folder: FolderOption = HERE,
) -> int:
    """Name a pattern; the name stays through later rounds and re-clusterings.

    Example: `flywheel patterns label p-3f9a "forgets the changelog"`
    """
    correction = label_pattern(open_archive(folder), pattern, name)
    typer.echo(printable(f"{correction.pattern} is called {correction.name!r} from now on"))
    return ExitCode.DONE
