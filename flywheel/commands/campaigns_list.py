"""``flywheel campaigns list``: every campaign with its error budget and what it promises."""

from __future__ import annotations

import typer

from flywheel.campaign_list import campaigns_document, campaigns_text
from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project
from traces.terminal import printable


def command(repository: RepositoryOption = HERE, *, as_json: JsonOption = False) -> int:
    """List the campaigns, their candidates, the error budget left, and how many groups were looked at.

    Example: `flywheel campaigns list -C my-harness`
    """
    found = campaigns_document(open_project(repository))
    if as_json:
        write_json(found)
    else:
        typer.echo(printable(campaigns_text(found)))
    return ExitCode.DONE
