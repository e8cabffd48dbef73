"""``flywheel promote``: make a proposal that passed the gate the current harness."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, observing, write_json
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working
from flywheel.promotion import promote_proposal
from flywheel.shared_ledger import share_ledger


def command(
    name: Annotated[
        str, typer.Argument(help="The id of a proposal or an experiment, or enough of its beginning.")
    ],
    repository: RepositoryOption = HERE,
    *,
    safe: Annotated[
        bool, typer.Option("--safe", help="Take a change that was shown safe and not better: your decision.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Promote what the gate let through, a proposal or an evaluated commit, as a merge commit with trailers.

    Refused where the harness has changed since its experiment. Example: `flywheel promote q-3f9a`
    """
    project = open_project(repository)
    with working(project), observing(as_json=as_json) as observer:
        shared = share_ledger(project, local=False, observer=observer)
        shared.publish_if_possible(observer)
        commit = promote_proposal(project, name, even_if_only_safe=safe)
        shared.publish_if_possible(observer)
    if as_json:
        write_json({"commit": commit, "proposal": name})
    else:
        typer.echo(f"promoted: {commit[:10]} is the current harness; `flywheel rollback` undoes it")
    return ExitCode.DONE
