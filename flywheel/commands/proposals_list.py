"""``flywheel proposals list``: what was proposed and what became of it."""

from __future__ import annotations

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.history import proposals, status_of
from flywheel.project import open_project
from traces.terminal import one_line


def command(repository: RepositoryOption = HERE, *, as_json: JsonOption = False) -> int:
    """List every proposal with its state.

    Example: `flywheel proposals list -C my-harness`
    """
    project = open_project(repository)
    rows = [
        {
            "id": proposal.id,
            "status": status_of(project, proposal),
            "pattern": proposal.pattern,
            "surface": proposal.surface,
            "title": proposal.title,
        }
        for proposal in proposals(project)
    ]
    if as_json:
        write_json(rows)
        return ExitCode.DONE
    for row in rows:
        typer.echo(f"{row['id']:14} {row['status']:20} {one_line(row['title'], 160)}")
    if not rows:
        typer.echo("no proposals yet; `flywheel optimize` makes and measures them")
    return ExitCode.DONE
