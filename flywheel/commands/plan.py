"""``flywheel plan``: what could be found with which budget, before anything is run."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flywheel.commands.common import (
    HERE,
    InFlightOption,
    JsonOption,
    RepositoryOption,
    SeedOption,
    SuiteOption,
    observing,
    write_json,
)
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.planning import CLAIMS, QUESTIONS, PlanOrder, plan_suite
from flywheel.planning_report import plan_document, plan_text
from flywheel.project import open_project
from traces.terminal import printable


def command(
    repository: RepositoryOption = HERE,
    *,
    harness: Annotated[str, typer.Option(help="The control: a commit, branch or tag.")] = "HEAD",
    suite: SuiteOption = "humaneval-repair",
    question: Annotated[
        Literal["better", "safe", "both"], typer.Option(help="What would be asked of a candidate.")
    ] = "both",
    claim: Annotated[
        Literal["groups", "suite", "both"], typer.Option(help="What the answer would speak for.")
    ] = "both",
    effect: Annotated[
        float | None, typer.Option(help="The gain to be found, 0 to 1; default from policy.toml.")
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(min=2, max=1_000_000, help="Runs of both arms; as many as usually decide by default."),
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, max=100, help="Pairs of each group or task, instead of a budget.")
    ] = None,
    seed: SeedOption = 1,
    in_flight: InFlightOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say what an experiment could find, how many groups and runs that takes, and what it costs.

    Runs nothing, writes nothing, and reads no result of the gate that no look covers.
    Example: `flywheel plan --suite humaneval-repair --effect 0.1`
    """
    if budget is not None and repeats is not None:
        raise FlywheelError("give one of --budget and --repeats: the budget is divided into repeats")
    order = PlanOrder(
        suite=suite,
        harness=harness,
        questions=QUESTIONS if question == "both" else (question,),
        claims=CLAIMS if claim == "both" else (claim,),
        effect=effect,
        budget=budget,
        repeats=repeats,
        seed=seed,
        in_flight=in_flight,
    )
    project = open_project(repository)
    with observing(as_json=as_json) as observer:
        found = plan_suite(project, order, observer)
    if as_json:
        write_json(plan_document(found))
    else:
        typer.echo(printable(plan_text(found)))
    return ExitCode.DONE
