"""``flywheel promote``: make a proposal that passed the gate the current harness."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working
from flywheel.promotion import promote_proposal


def command(
    proposal: Annotated[str, typer.Argument(help="A proposal's id, or enough of its beginning.")],
    repository: RepositoryOption = HERE,
    *,
    as_json: JsonOption = False,
) -> int:
    """Promote a proposal whose verdict is `promote`, as a merge commit with trailers.

    Refused where the harness has changed since its experiment. Example: `flywheel promote q-3f9a`
    """
    with working(open_project(repository)) as project:
        commit = promote_proposal(project, proposal)
    if as_json:
        write_json({"commit": commit, "proposal": proposal})
    else:
        typer.echo(f"promoted: {commit[:10]} is the current harness; `flywheel rollback` undoes it")
    return ExitCode.DONE
