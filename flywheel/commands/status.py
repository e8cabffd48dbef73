"""``flywheel status``: where a harness repository stands."""

from __future__ import annotations

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project
from flywheel.standing import standing_document, standing_text


def command(repository: RepositoryOption = HERE, *, as_json: JsonOption = False) -> int:
    """Show the current harness, the campaigns with their error budget, looks, and what waits for a person.

    Example: `flywheel status -C my-harness`
    """
    document = standing_document(open_project(repository))
    if as_json:
        write_json(document)
    else:
        typer.echo(standing_text(document))
    return ExitCode.DONE
