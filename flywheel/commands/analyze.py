"""``flywheel analyze``: the patterns in the failures of runs that are there already."""

from __future__ import annotations

import typer

from flywheel.analyzing import analysis_document, analysis_text, analyze
from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, write_json
from flywheel.exit_codes import ExitCode


def command(folder: FolderOption = HERE, *, as_json: JsonOption = False) -> int:
    """Find patterns in the failures of stored runs; runs nothing.

    In a harness repository: its runs of the mine split, and no others. In any other folder: what was received
    and imported there.

    Example: `flywheel analyze -C my-harness`
    """
    mined = analyze(open_archive(folder))
    if as_json:
        write_json(analysis_document(mined))
    else:
        typer.echo(analysis_text(mined))
    return ExitCode.DONE
