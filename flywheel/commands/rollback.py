"""``flywheel rollback``: undo the last promotion exactly."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working
from flywheel.promotion import roll_back


def command(
    repository: RepositoryOption = HERE,
    *,
    to: Annotated[
        str | None, typer.Option(help="Restore this commit's tree instead; also undoes what came after it.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; goes into the commit and the ledger.")] = "asked for",
    as_json: JsonOption = False,
) -> int:
    """Restore exactly the harness from before the last promotion, as a new commit.

    The ledger keeps what happened. Example: `flywheel rollback --reason "slower in production"`
    """
    with working(open_project(repository)) as project:
        commit = roll_back(project, to=to, reason=reason)
    if as_json:
        write_json({"commit": commit, "tree": project.repository.tree_hash(commit)})
    else:
        typer.echo(f"rolled back: {commit[:10]} has exactly the tree of {to or 'before the last promotion'}")
    return ExitCode.DONE
