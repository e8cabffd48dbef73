"""``flywheel proposals merge``: put accepted proposals together on the current harness, to be measured."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.merging import evaluating_command, propose_merge
from flywheel.project import open_project, working


def command(
    proposals: Annotated[
        list[str],
        typer.Argument(help="Ids of proposals that passed the gate, or enough of their beginnings."),
    ],
    repository: RepositoryOption = HERE,
    *,
    as_json: JsonOption = False,
) -> int:
    """Make a candidate of proposals that passed, on the harness as it is now; it is promoted only by its own verdict.

    Patches of the same file, key or middleware are not merged. One proposal alone is put on the current harness, to be
    measured again. Example: `flywheel proposals merge q-3f9a q-77b0`
    """
    with working(open_project(repository)) as project:
        merge = propose_merge(project, proposals)
        measured_by = evaluating_command(project, merge.proposal.id, merge.proposal.parents[0])
    name = merge.proposal.id
    if as_json:
        write_json(
            {
                "proposal": name,
                "parents": list(merge.proposal.parents),
                "control": merge.control,
                "measured_by": measured_by,
            }
        )
        return ExitCode.DONE
    typer.echo(f"{name}: {merge.proposal.title} (on {merge.control[:10]})")
    typer.echo(f"measure it: {measured_by}")
    return ExitCode.DONE
