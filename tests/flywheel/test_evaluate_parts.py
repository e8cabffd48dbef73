"""Margins, sizes and continued experiments: what an evaluation rests on, without its runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.errors import CampaignError, PlanError
from benchmarks.gate.regression import RELIABLE_RUNS
from benchmarks.gate.testing import Ends, SimulatedExecutor, pass_rates
from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.budgets import Budget
from flywheel.campaigns import open_campaign
from flywheel.ci.forecast import forecast, forecast_document, forecast_text
from flywheel.comparison import Comparison, Question, compare, planned_size, sized
from flywheel.errors import FlywheelError
from flywheel.evaluating import linted, runs_of
from flywheel.measuring import Measurement, measure, parts, reliable_before
from flywheel.observer import SilentObserver
from flywheel.project import Project
from flywheel.promotion import promote_proposal
from flywheel.records import verdict_record
from flywheel.suites import open_suite
from harness.clock import VirtualClock
from harness.run_record import Ending, RunRecord
from harness.runs import RunRequest
from traces import attributes
from traces.outcome import Outcome
from traces.segments import SegmentWriter

ASKED = Question(candidate="my-change", against="HEAD", suite="humaneval-repair")
KEY = "humaneval-repair/epoch-1"
MeasureWith = Callable[..., Any]


def measurement(project: Project, ends: Ends, **more: Any) -> Measurement:
    """A safety question over one pair of each task, its runs simulated."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    policy = project.policy()
    fields: dict[str, Any] = {"claim": "suite", "question": "safe", "margin": 0.3, **more}
    return Measurement(
        project=project,
        campaign=open_campaign(project, suite=suite.name, seed=1, policy=policy),
        policy=policy,
        suite=suite,
        tasks=tasks_of(suite, Split.GATE, per_group=1, seed=1),
        executor=SimulatedExecutor(ends=ends),
        in_flight=2,
        observer=SilentObserver(),
        **fields,
    )


@pytest.mark.parametrize(
    ("units", "budget", "claim", "repeats", "max_bets"),
    [
        (10, 20, "suite", 1, 10),
        (10, 21, "suite", 1, 10),
        (10, 22, "suite", 2, 11),
        (10, 8, "suite", 1, 4),
        (10, 20, "groups", 1, None),
        (10, 40, "groups", 2, None),
        (10, 8, "groups", 1, 4),
    ],
)
def test_a_budget_is_never_exceeded(
    units: int, budget: int, claim: Any, repeats: int, max_bets: int | None
) -> None:
    """Pairs cost two runs; more of a group are averaged, more of a task are further bets."""
    size = planned_size(units, budget=budget, claim=claim)

    assert (size.repeats, size.max_bets) == (repeats, max_bets)


def test_a_finished_question_is_answered_and_continued_only_when_asked(change: Any) -> None:
    """An inconclusive experiment goes on with its wealth: the earlier bets are the beginning of the later ones."""
    project: Project = change.project
    subject = compare(project, ASKED).subject
    mixed = pass_rates(0.6, 0.45)

    first = measure(measurement(project, mixed), subject)
    again = measure(measurement(project, mixed, max_bets=20), subject)
    more = measure(measurement(project, mixed, go_on=True, repeats=3), subject)

    assert first.verdict.decision is Decision.INCONCLUSIVE
    assert again == first
    assert more.experiment != first.experiment
    assert more.verdict.evidence[: len(first.verdict.evidence)] == first.verdict.evidence
    assert len(more.verdict.pairs) > len(first.verdict.pairs)
    assert len(parts(project, f"{KEY}/{subject.name}")) == 2
    assert len(project.ledger.entries("charge")) == 1


def test_what_is_decided_cannot_be_continued(change: Any) -> None:
    """A wealth cannot be tried again until it says something else."""
    project: Project = change.project
    subject = compare(project, ASKED).subject

    first = measure(measurement(project, pass_rates(0.5, 0.5)), subject)

    assert first.verdict.decision is Decision.PROMOTE
    with pytest.raises(PlanError, match="is over"):
        measure(measurement(project, pass_rates(0.5, 0.5), go_on=True), subject)


def test_what_cannot_decide_takes_no_share(change: Any) -> None:
    """The refusal comes before the charge, so the next question still has its candidate."""
    project: Project = change.project
    subject = compare(project, ASKED).subject

    with pytest.raises(PlanError, match="cannot"):
        measure(measurement(project, pass_rates(0.5, 0.5), max_bets=1, margin=0.1), subject)

    assert [entry.kind for entry in project.ledger.entries()] == ["campaign"]


def accept(project: Project, name: str, verdict: Verdict, low: float) -> None:
    """Write an accepted safe change whose lower bound this is into the campaign."""
    safe = dataclasses.replace(verdict, question="safe", margin=0.1, interval=(low, 0.1))
    project.ledger.append("charge", f"{KEY}/{name}", {"campaign": KEY, "candidate": name, "share": 0.1})
    body = {"campaign": KEY, "budgeted_as": name, "proposal": name, "verdict": verdict_record(safe)}
    project.ledger.append("verdict", name, body)


def move_on(project: Project) -> None:
    """Make another harness the current one."""
    repository = project.repository
    (repository.path / "README.md").write_text("moved on")
    repository.git.run("commit", "-qam", "moved")


def test_margins_add_up_from_the_epochs_beginning(change: Any, verdict: Verdict) -> None:
    """Steps that are each safe may not add up: what one may have cost is taken from what is left for the next."""
    project: Project = change.project
    policy = dataclasses.replace(project.policy(), candidates=8)
    open_campaign(project, suite="humaneval-repair", seed=1, policy=policy)
    accept(project, "first", verdict, -0.1)
    accept(project, "second", verdict, -0.06)

    at_the_anchor = compare(project, ASKED).margin
    move_on(project)

    assert at_the_anchor == pytest.approx(0.1)
    assert compare(project, ASKED).margin == pytest.approx(0.04)


def test_a_used_up_margin_is_refused(change: Any, verdict: Verdict) -> None:
    """With the ways out; asking for better needs none."""
    project: Project = change.project
    policy = project.policy()
    open_campaign(project, suite="humaneval-repair", seed=1, policy=dataclasses.replace(policy, candidates=8))
    for number in range(2):
        accept(project, f"step-{number}", verdict, -0.1)
    move_on(project)

    with pytest.raises(PlanError, match="ask for better"):
        compare(project, ASKED)
    assert compare(project, dataclasses.replace(ASKED, asks="better")).margin == 0.0


def test_a_spent_campaign_is_refused_before_the_suite(change: Any, verdict: Verdict) -> None:
    """Nothing is opened for a question that cannot be charged."""
    project: Project = change.project
    open_campaign(project, suite="humaneval-repair", seed=1, policy=project.policy())
    for number in range(2):
        accept(project, f"step-{number}", verdict, 0.0)

    with pytest.raises(CampaignError, match="spent"):
        compare(project, ASKED)


def with_policy(project: Project, text: str) -> None:
    """Commit a policy."""
    (project.repository.path / "policy.toml").write_text(text)
    project.repository.git.run("commit", "-qam", "policy")


def test_the_policy_says_what_is_asked_and_how_often(change: Any) -> None:
    """Unless the question says it itself; repeats are whole rounds."""
    project: Project = change.project
    with_policy(project, '[campaign]\nerror_budget = 0.8\n[experiment]\nquestion = "better"\nrepeats = 3\n')
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())

    by_policy = compare(project, ASKED)
    by_hand = compare(project, dataclasses.replace(ASKED, asks="safe"))

    assert (by_policy.asks, by_hand.asks) == ("better", "safe")
    assert by_hand.subject.name == f"{by_policy.subject.name}-safe"
    assert sized(by_policy, suite)[0].repeats == 3
    assert sized(by_policy, suite, runs=28)[0].repeats == 1


def test_more_power_plans_more_runs(change: Any) -> None:
    """Where neither a budget nor repeats say how many."""
    project: Project = change.project
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    sizes = []
    for power in ("0.5", "0.95"):
        with_policy(project, f"[campaign]\nerror_budget = 0.8\n[experiment]\npower = {power}\n")
        sizes.append(sized(compare(project, ASKED), suite)[0].repeats)

    assert sizes[0] < sizes[1]


def test_no_margin_at_all_names_the_policy(change: Any) -> None:
    """No experiment shows that nothing is lost."""
    with_policy(change.project, "[experiment]\nregression_margin = 0\n")

    with pytest.raises(PlanError, match=r"regression_margin in policy\.toml is 0"):
        compare(change.project, ASKED)


def test_a_forecast_of_a_judged_question_says_that_it_is_judged(change: Any) -> None:
    """And nothing of runs that would not be made; one that was begun is foretold as it was planned."""
    project: Project = change.project
    subject = compare(project, ASKED).subject
    measured = measure(measurement(project, pass_rates(0.6, 0.45)), subject)

    found = forecast(project, ASKED, SilentObserver())

    assert found.plan.id == measured.experiment
    assert "the verdict is there, nothing would be run" in forecast_text(found)
    assert forecast_document(found)["decision"] == "inconclusive"
    assert "at most" not in forecast_text(found)


def test_a_budget_in_minutes_needs_no_second_thought_once_planned(change: Any) -> None:
    """The plan in the ledger holds, so nothing has to be known of costs; before, the error names the way out."""
    project: Project = change.project
    asked = dataclasses.replace(ASKED, budget=Budget(amount=10, unit="minutes"))
    with pytest.raises(FlywheelError, match="flywheel run --suite humaneval-repair"):
        runs_of(project, compare(project, asked))

    measure(measurement(project, pass_rates(0.6, 0.45)), compare(project, ASKED).subject)

    assert runs_of(project, compare(project, asked)) is None


def leaking(project: Project) -> Comparison:
    """A change whose prompt says how a task of the suite is called, asked about."""
    repository = project.repository
    tree = {
        **repository.tree("HEAD"),
        "prompts/system.md": b"In has_close_elements, look at the comparison.\n",
    }
    commit = repository.commit_candidate(tree, "remember", repository.current(), "leaking")
    return compare(project, dataclasses.replace(ASKED, candidate=commit))


def test_what_leaks_a_task_is_not_measured_as_better(change: Any) -> None:
    """As lint refuses such a proposal; the rule is named and what it found is not."""
    project: Project = change.project
    comparison = leaking(project)
    better = dataclasses.replace(comparison, question=dataclasses.replace(comparison.question, asks="better"))
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())

    with pytest.raises(FlywheelError, match=r"entry_point.*never promoted") as refused:
        linted(project, better, suite, SilentObserver())
    assert "has_close_elements" not in str(refused.value)


def test_what_leaks_a_task_may_be_safe_and_is_never_promoted(change: Any) -> None:
    """The verdict says it, and the last door before a promotion reads it there; a clean change has nothing there."""
    project: Project = change.project
    comparison = leaking(project)
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())

    subject = linted(project, comparison, suite, SilentObserver())
    measured = measure(measurement(project, pass_rates(1.0, 1.0), margin=0.6), subject)

    entry = project.ledger.get("verdict", measured.experiment)
    assert entry is not None
    assert "entry_point" in entry.body["leaks"]
    assert measured.verdict.decision is Decision.PROMOTE
    with pytest.raises(FlywheelError, match="take that out and measure again"):
        promote_proposal(project, measured.experiment, even_if_only_safe=True)
    assert linted(project, compare(project, ASKED), suite, SilentObserver()).leaks == ()


def test_calibration_runs_are_earlier_runs(change: Any) -> None:
    """Five passes of the harness against itself make a task reliable, as five of a control do; runs of candidates never."""
    project: Project = change.project
    asked = measurement(project, pass_rates(0.6, 0.45))
    checkout = project.repository.checkout(project.repository.current())
    arms = tuple(zip(asked.tasks, ("calibration", "control", "candidate"), strict=False))
    with SegmentWriter(project.segments) as writer:
        for task, arm in arms:
            for number in range(RELIABLE_RUNS):
                request = RunRequest(
                    key=f"{arm}/{number}",
                    checkout=checkout,
                    assignment=task.assignment,
                    verifier=task.verifier,
                    seed=number,
                    labels={attributes.ARM: arm},
                )
                record = RunRecord(request, writer, VirtualClock(), 10**18 + number)
                record.close(Ending(outcome=Outcome.PASSED, reason="verified", score=1.0), {})

    assert reliable_before(asked, ()) == {task.id for task, arm in arms if arm != "candidate"}
