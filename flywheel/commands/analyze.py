"""``flywheel analyze``: the patterns in the failures of runs that are there already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flywheel.analysis.analyzing import analyze
from flywheel.analysis.choosing import parse_choice
from flywheel.analysis.document import analysis_document
from flywheel.analysis.recording import record_analysis
from flywheel.analysis.text import analysis_text
from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, SinceOption, WhereOption, write_json
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.report.analysis_page import render_analysis


def command(
    folder: FolderOption = HERE,
    *,
    where: WhereOption = None,
    since: SinceOption = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the analysis as one HTML page to this file.")
    ] = None,
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Enter it as a round: later ones tell what is new, recurring, fixed or back."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Find patterns in the failures of stored runs; runs nothing.

    In a harness repository: its runs of the mine split, and no others. In any other folder: what was received
    and imported there.

    Example: `flywheel analyze --since 7d --html patterns.html`
    """
    archive = open_archive(folder)
    analysis = analyze(archive, parse_choice(where or (), since))
    if record:
        record_analysis(archive, analysis.mined)
    if html is not None:
        _write(html, render_analysis(analysis))
    if as_json:
        write_json(analysis_document(analysis))
    else:
        typer.echo(analysis_text(analysis))
    return ExitCode.DONE


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise FlywheelError(
            f"{path} cannot be written ({error.strerror}); name a file in a folder that is there"
        ) from None
    typer.echo(f"wrote {path}", err=True)
