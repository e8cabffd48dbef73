"""``flywheel library``: what was tried, with its verdict and effect, to be looked up and to be carried elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzers.lesson import Lesson
from analyzers.surface_kind import TURNS
from flywheel.commands.common import HERE, JsonOption, RepositoryOption, counted, write_json
from flywheel.errors import UnknownName
from flywheel.exit_codes import ExitCode
from flywheel.library import Chosen, lessons
from flywheel.library_file import export_text, lesson_key, lesson_record, read_lessons
from flywheel.library_text import library_document, library_text, predictions_document, predictions_text
from flywheel.predictions import scores
from flywheel.project import Project, open_project

VERDICTS = ("promote", "reject", "inconclusive", "refused")


def command(
    repository: RepositoryOption = HERE,
    *,
    surface: Annotated[str, typer.Option(help=f"Only one kind of surface: {', '.join(TURNS)}.")] = "",
    verdict: Annotated[str, typer.Option(help=f"Only one verdict: {', '.join(VERDICTS)}.")] = "",
    mechanism: Annotated[str, typer.Option(help="Only what answered this detector, such as edit_loop.")] = "",
    reusable: Annotated[
        bool,
        typer.Option("--reusable", help="Only what passed the gate and stands: other harnesses may try it."),
    ] = False,
    predictions: Annotated[
        bool, typer.Option("--predictions", help="How good predictions were, by analyst and kind of surface.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write what was chosen to this file, for another harness.")
    ] = None,
    take_over: Annotated[
        Path | None, typer.Option("--import", help="Take over the lessons that another harness exported.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Show what was tried against which mechanism, with verdict and effect interval.

    What is listed is shown to analysts and not proposed again unchanged. Imported lessons count half, and those
    that passed the gate elsewhere are proposed here where the same mechanism is found.

    Example: `flywheel library --reusable --export lessons.json`
    """
    _check("surface", surface, TURNS)
    _check("verdict", verdict, VERDICTS)
    project = open_project(repository)
    if take_over is not None:
        typer.echo(_imported(project, take_over), err=True)
    if predictions:
        found = scores(project)
        write_json(predictions_document(found)) if as_json else typer.echo(predictions_text(found))
        return ExitCode.DONE
    chosen = Chosen(kind=surface, came=verdict, answers=mechanism, reusable=reusable)
    rows = [lesson for lesson in lessons(project) if chosen.holds(lesson)]
    if export is not None:
        typer.echo(_exported(project, rows, export), err=True)
    write_json(library_document(rows)) if as_json else typer.echo(library_text(rows))
    return ExitCode.DONE


def _check(what: str, given: str, valid: tuple[str, ...]) -> None:
    if given and given not in valid:
        raise UnknownName(what, given, valid)


def _imported(project: Project, path: Path) -> str:
    found = read_lessons(path)
    before = len(project.ledger.entries("lesson"))
    for lesson in found:
        project.ledger.append("lesson", lesson_key(lesson), lesson_record(lesson))
    new = len(project.ledger.entries("lesson")) - before
    return f"{counted(len(found), 'lesson')} in {path}, {new} of them new"


def _exported(project: Project, rows: list[Lesson], path: Path) -> str:
    text = export_text(rows, harness=project.manifest().name)
    path.write_text(text, encoding="utf-8")
    return f"wrote {path}"
