"""What an evaluation would take and could show, computed before anything is run or recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.regression import FRESH_RUNS
from flywheel.calibration import RunCost
from flywheel.comparison import Comparison, Question, compare, sized
from flywheel.measuring import parts
from flywheel.mine_index import stored_runs
from flywheel.observer import Observer
from flywheel.planning import known_cost
from flywheel.project import Project
from flywheel.run_cost import cost_of_runs
from flywheel.suites import open_suite


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The plan that an evaluation would have, and the cost of a run where any of the control is stored.

    ``is_known`` is set where the ledger holds a verdict on this question, or an experiment that was begun.
    """

    comparison: Comparison
    plan: ExperimentPlan
    cost: RunCost | None
    is_known: bool = False

    @property
    def runs(self) -> int:
        """The most runs that the plan asks for, those of a regression veto apart."""
        return 2 * len(self.plan.pairs)

    @property
    def expected_runs(self) -> float:
        """Runs on average if the plan's own assumptions hold: it stops when it knows."""
        return self.plan.expected.bets * self.runs / self.plan.bets


def forecast(project: Project, question: Question, observer: Observer) -> Forecast:
    """What ``evaluate`` would do with this question; writes neither campaign, charge nor look.

    Raises what ``evaluate`` raises before its first run, so ``PlanError`` where the budget cannot decide.
    """
    comparison = compare(project, question)
    suite = open_suite(question.suite, seed=question.seed, observer=observer, held_out=True)
    size, tasks = sized(comparison, suite)
    policy, subject = comparison.policy, comparison.subject
    known = parts(project, f"{question.suite}/epoch-1/{subject.name}")
    plan = plan_experiment(
        Design(
            suite=suite.name,
            seed=question.seed,
            threshold=comparison.threshold,
            claim=comparison.claim,
            effect=policy.planned_effect,
            repeats=size.repeats,
            max_bets=size.max_bets,
            in_flight=question.in_flight or policy.in_flight,
            question=question.asks,
            margin=comparison.margin,
            discordance=comparison.discordance(size.repeats),
        ),
        control=project.repository.checkout(subject.control),
        candidate=project.repository.checkout(subject.candidate),
        tasks=tasks,
    )
    return Forecast(
        comparison=comparison,
        plan=plan,
        cost=_cost_of(project, comparison),
        is_known=bool(known),
    )


def forecast_document(found: Forecast) -> dict[str, Any]:
    """The forecast as JSON; effects and chances within 0..1, minutes are real ones."""
    plan, cost = found.plan, found.cost
    return {
        "dry_run": True,
        "control": plan.control.commit,
        "candidate": plan.candidate.commit,
        "suite": plan.suite,
        "question": plan.question,
        "claim": plan.claim,
        "groups": len(plan.groups),
        "tasks": len({pair.task for pair in plan.pairs}),
        "runs": found.runs,
        "expected_runs": round(found.expected_runs, 1),
        "threshold": plan.threshold,
        "planned_effect": plan.effect,
        "detectable_effect": round(plan.detectable, 4) if plan.question == "better" else None,
        "margin": plan.margin if plan.question == "safe" else None,
        "chances": {
            "promote": round(plan.expected.reached, 4),
            "worse": round(plan.expected.worse, 4),
            "futile": round(plan.expected.futile, 4),
        },
        "noise": {"source": found.comparison.noise.source, "discordance": round(plan.discordance, 4)},
        "cost": None if cost is None else _cost_document(found, cost),
        "candidates_left": found.comparison.campaign.remaining,
        "planned_before": found.is_known,
    }


def forecast_text(found: Forecast) -> str:
    """The forecast for a terminal."""
    plan, question = found.plan, found.comparison.question
    lines = [
        f"{question.candidate} against {question.against}: nothing was run, nothing was recorded",
        (
            f"at most {found.runs} runs, {found.expected_runs:.0f} on average if {_assumed(plan)}: "
            f"{len({pair.task for pair in plan.pairs})} tasks in {len(plan.groups)} groups, two arms; a regression veto "
            f"may add {2 * FRESH_RUNS} for each task that was lost"
        ),
        f"{_detects(plan)}, claim {plan.claim}",
        f"noise: {_noise(found)}",
        _cost_line(found),
        f"error budget: {found.comparison.campaign.remaining} of {found.comparison.campaign.candidates} candidates of the campaign are left",
    ]
    if found.is_known:
        lines.append(
            "an experiment on this question was planned before: the same command goes on with it as it was planned"
        )
    return "\n".join(lines)


def _noise(found: Forecast) -> str:
    comparison = found.comparison
    return comparison.noise.words(comparison.question.suite, comparison.policy.planned_effect)


def _assumed(plan: ExperimentPlan) -> str:
    return "it changes nothing" if plan.question == "safe" else f"it gains {100 * plan.effect:.0f} points"


def _detects(plan: ExperimentPlan) -> str:
    chance = f"with a chance of {100 * plan.expected.reached:.0f} %"
    if plan.question == "safe":
        return f"shows that a change which changes nothing costs less than {100 * plan.margin:.1f} points {chance}"
    return (
        f"detects a gain of {100 * plan.detectable:.1f} points or more (with a chance of 80 %), a gain of "
        f"{100 * plan.effect:.0f} points {chance}"
    )


def _cost_line(found: Forecast) -> str:
    if found.cost is None:
        return "cost: not known, no run of the control is stored here; `flywheel run` makes some"
    known = _cost_document(found, found.cost)
    money = f", {known['money']:.2f} $" if found.cost.usd else ""
    minutes = known["minutes"]
    time = (
        "real time not known"
        if minutes is None
        else f"{minutes:.1f} minutes with {found.plan.in_flight} runs at a time"
    )
    return f"cost: at most {known['tokens']:,.0f} tokens, {time}{money} (means of {found.cost.runs} stored runs of the control)"


def _cost_document(found: Forecast, cost: RunCost) -> Mapping[str, float | None]:
    """Of the whole budget; minutes are real ones, also where the model's clock is virtual."""
    seconds = cost.seconds
    return {
        "tokens": round(cost.tokens * found.runs),
        "minutes": None if seconds is None else round(seconds * found.runs / found.plan.in_flight / 60, 2),
        "money": round(cost.usd * found.runs, 4),
        "from_runs": cost.runs,
    }


def _cost_of(project: Project, comparison: Comparison) -> RunCost | None:
    """From a calibration or runs of ``mine``, else from any stored runs of the control."""
    control = comparison.subject.control
    tree = project.repository.tree_hash(control)
    known = known_cost(project, suite=comparison.question.suite, tree=tree)
    return known or cost_of_runs([run for run in stored_runs(project) if run.harness_commit == control])
