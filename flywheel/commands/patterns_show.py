"""``flywheel patterns show``: one pattern in full."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.analysis.analyzing import analyze
from flywheel.analysis.choosing import parse_choice
from flywheel.analysis.document import pattern_document
from flywheel.analysis.text import pattern_text
from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, SinceOption, WhereOption, write_json
from flywheel.exit_codes import ExitCode


def command(
    pattern: Annotated[str, typer.Argument(help="A pattern's id, enough of its beginning, or its name.")],
    folder: FolderOption = HERE,
    *,
    where: WhereOption = None,
    since: SinceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show one pattern of the stored runs: its runs, tasks, contrast, quotes and remedies.

    Example: `flywheel patterns show p-3f9a -C my-harness`
    """
    found = analyze(open_archive(folder), parse_choice(where or (), since)).one(pattern)
    if as_json:
        write_json(pattern_document(found))
    else:
        typer.echo(pattern_text(found))
    return ExitCode.DONE
