"""What an evaluation would take and could show, computed before anything is run or recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.experiment_plan import ExperimentPlan, continue_experiment, plan_experiment
from benchmarks.gate.regression import FRESH_RUNS
from benchmarks.gate.verdict import Verdict
from flywheel.answer import decision_word
from flywheel.calibration import RunCost
from flywheel.comparison import Comparison, Question, compare, sized
from flywheel.control_cost import control_cost
from flywheel.errors import FlywheelError
from flywheel.evaluating import judged_before, runs_of
from flywheel.measuring import parts, stored_plan
from flywheel.observer import Observer
from flywheel.project import Project
from flywheel.records import mapping, verdict_of
from flywheel.suites import open_suite


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The plan that an evaluation would have, and the cost of a run where any of the control is stored.

    ``is_known`` is set where the ledger holds an experiment on this question, whose ``plan`` this then is;
    ``verdict`` is what came of it, if it has ended.
    """

    comparison: Comparison
    plan: ExperimentPlan
    cost: RunCost | None
    is_known: bool = False
    verdict: Verdict | None = None

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
    known = _known_plan(project, comparison)
    plan = (
        known if known is not None and not question.go_on else _new_plan(project, comparison, known, observer)
    )
    measured = None if question.go_on else judged_before(project, comparison)
    return Forecast(
        comparison=comparison,
        plan=plan,
        cost=control_cost(project, suite=question.suite, control=comparison.subject.control),
        is_known=known is not None,
        verdict=None if measured is None else measured.verdict,
    )


def _known_plan(project: Project, comparison: Comparison) -> ExperimentPlan | None:
    """The plan that the present campaign has for this question."""
    if comparison.opened is None:
        return None
    known = parts(project, f"{comparison.opened.id}/{comparison.subject.name}")
    return stored_plan(project, known[-1]) if known else None


def _new_plan(
    project: Project, comparison: Comparison, known: ExperimentPlan | None, observer: Observer
) -> ExperimentPlan:
    """The plan that would be made now, or that of the next part of a known one."""
    question = comparison.question
    suite = open_suite(question.suite, seed=question.seed, observer=observer, held_out=True, project=project)
    size, tasks = sized(comparison, suite, runs=runs_of(project, comparison))
    if question.go_on:
        entry = None if known is None else project.ledger.get("verdict", known.id)
        if known is None or entry is None:
            raise FlywheelError(
                "there is no verdict on this question to continue; leave --continue out to begin or finish it"
            )
        verdict = verdict_of(mapping(entry.body["verdict"]))
        return continue_experiment(known, verdict, tasks=tasks, repeats=size.repeats, force=question.force)
    subject = comparison.subject
    return plan_experiment(
        comparison.design(size),
        control=project.repository.checkout(subject.control),
        candidate=project.repository.checkout(subject.candidate),
        tasks=tasks,
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
        "forced": plan.forced,
        "planned_before": found.is_known,
        "decision": None if found.verdict is None else found.verdict.decision.value,
    }


def forecast_text(found: Forecast) -> str:
    """The forecast for a terminal."""
    if found.verdict is not None:
        return _answered(found, found.verdict)
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
        f"error budget: {found.comparison.campaign.words}",
        f"promise: {found.comparison.campaign.promise}",
    ]
    if plan.forced:
        lines.append("forced: this plan cannot decide; it can only end inconclusive or vetoed")
    if found.is_known:
        lines.append(
            "an experiment on this question was planned before: the same command goes on with it as it was planned"
        )
    return "\n".join(lines)


def _answered(found: Forecast, verdict: Verdict) -> str:
    """What there is to say of a question that was answered before."""
    question = found.comparison.question
    return (
        f"{question.candidate} against {question.against}: the verdict is there, nothing would be run\n"
        f"{decision_word(verdict)}: {verdict.reason.removeprefix('safe: ')}\n"
        f"the same command without --dry-run shows all of experiment {found.plan.id} again"
    )


def _noise(found: Forecast) -> str:
    comparison = found.comparison
    question = comparison.question
    return comparison.noise.words(question.suite, comparison.policy.planned_effect, seed=question.seed)


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
