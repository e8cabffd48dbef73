"""``flywheel traces label``: say how a run went."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, write_json
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.labelling import label_run
from flywheel.reading import find_run
from traces.outcome import Outcome

_OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.UNKNOWN)


def command(
    run: Annotated[str, typer.Argument(help="A run's id, or enough of its beginning.")],
    folder: FolderOption = HERE,
    *,
    outcome: Annotated[str | None, typer.Option(help=f"One of {', '.join(_OUTCOMES)}.")] = None,
    stars: Annotated[int | None, typer.Option(min=1, max=5, help="A rating, which is no verdict.")] = None,
    reason: Annotated[str, typer.Option(help="Why; it goes to analysts with the run.")] = "",
    as_json: JsonOption = False,
) -> int:
    """Say how a run went. Where nobody judged it, the label becomes its outcome; the latest label counts.

    Example: `flywheel traces label 3f9a --outcome failed --reason "edited the wrong file"`
    """
    if outcome is None and stars is None:
        raise FlywheelError("say --outcome or --stars")
    if outcome is not None and outcome not in _OUTCOMES:
        raise FlywheelError(f"there is no outcome {outcome!r}; choose from {', '.join(_OUTCOMES)}")
    archive = open_archive(folder)
    found = find_run(archive, run)
    label_run(
        archive,
        found.run_id,
        outcome=None if outcome is None else Outcome(outcome),
        stars=stars,
        reason=reason,
    )
    labelled = find_run(archive, found.run_id)
    if as_json:
        write_json({"run": found.run_id, "outcome": labelled.outcome.value, "reason": labelled.reason})
        return ExitCode.DONE
    said = [word for word in (outcome, None if stars is None else f"{stars} of 5 stars") if word]
    typer.echo(f"{found.run_id[:12]}: you said {' and '.join(said)}; its outcome is {labelled.outcome.value}")
    if outcome is not None and labelled.outcome.value != outcome:
        typer.echo("a verifier or benchmark judged this run: its verdict stays, the label is kept beside it")
    return ExitCode.DONE
