"""``flywheel analyze``: the patterns in the failures of runs that are there already."""

from __future__ import annotations

import typer

from flywheel.analyzing import analysis_document, analysis_text, analyze
from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project


def command(repository: RepositoryOption = HERE, *, as_json: JsonOption = False) -> int:
    """Find patterns in this repository's runs of the mine split; runs nothing and opens nothing else.

    Example: `flywheel analyze -C my-harness`
    """
    mined = analyze(open_project(repository))
    if as_json:
        write_json(analysis_document(mined))
    else:
        typer.echo(analysis_text(mined))
    return ExitCode.DONE
