"""``flywheel proposals show``: a proposal as its reviewer needs it."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project
from flywheel.review import review_document, review_text


def command(
    proposal: Annotated[str, typer.Argument(help="A proposal's id, or enough of its beginning.")],
    repository: RepositoryOption = HERE,
    *,
    as_json: JsonOption = False,
) -> int:
    """Show diff, hypothesis, quotes with span ids, numbers, flips and how to undo it.

    Example: `flywheel proposals show q-3f9a`
    """
    project = open_project(repository)
    if as_json:
        write_json(review_document(project, proposal))
    else:
        typer.echo(review_text(project, proposal))
    return ExitCode.DONE
