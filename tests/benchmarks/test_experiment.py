"""Whole experiments with a simulated executor: order, stopping, resuming, guards and adversaries."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from benchmarks.errors import SuiteError
from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.activation import parse_mechanism
from benchmarks.gate.guards import Guards
from benchmarks.gate.testing import (
    FAIL,
    PASS,
    Ending,
    Ends,
    SimulatedExecutor,
    arm_of,
    luck,
    pass_rates,
    simulated_checkout,
    simulated_tasks,
)
from benchmarks.gate.verdict import Decision, EvidencePoint, PairResult, Verdict
from harness.errors import BrokenSystemError
from harness.runs import RunRequest
from traces import attributes
from traces.outcome import Outcome

TASKS = simulated_tasks(80)
ERRORED = Ending(outcome=Outcome.ERRORED)
HELPFUL, USELESS, HARMFUL = pass_rates(0.5, 0.8), pass_rates(0.6, 0.6), pass_rates(0.8, 0.4)


def plan_of(**changes: object) -> ExperimentPlan:
    arguments: dict[str, object] = {
        "control": simulated_checkout("old"),
        "candidate": simulated_checkout("new"),
        "tasks": list(TASKS.values()),
        "suite": "simulated",
        "seed": 1,
        "threshold": 160.0,
        **changes,
    }
    arms = {name: arguments.pop(name) for name in ("control", "candidate", "tasks")}
    return plan_experiment(Design(**arguments), **arms)  # type: ignore[arg-type]


@cache
def seeded_plan(seed: int) -> ExperimentPlan:
    return plan_of(seed=seed)


@cache
def noise_plan(seed: int) -> ExperimentPlan:
    return plan_of(seed=seed, candidate=simulated_checkout("old"), a_a=True)


PLAN = seeded_plan(1)


def verdict_of(ends: Ends, *, plan: ExperimentPlan = PLAN, guards: Guards | None = None) -> Verdict:
    return run_experiment(plan, tasks=TASKS, executor=SimulatedExecutor(ends=ends), guards=guards)


def test_a_helpful_candidate_is_promoted_with_a_lower_bound_above_zero() -> None:
    """Reached, unblocked, before the budget ends."""
    verdict = verdict_of(HELPFUL)

    assert verdict.decision is Decision.PROMOTE
    assert verdict.wealth >= verdict.threshold
    assert 0.0 < verdict.interval[0] <= verdict.effect_at_stop <= verdict.interval[1]
    assert verdict.groups_used == len(verdict.pairs) == len(verdict.evidence) < 80
    assert "better by at least" in verdict.reason


def test_a_candidate_that_changes_nothing_is_futile_and_says_what_it_would_take() -> None:
    """All pairs alike: futile after 16 groups."""
    verdict = verdict_of(USELESS)

    assert verdict.decision is Decision.INCONCLUSIVE
    assert verdict.futile
    assert verdict.groups_used == 16
    assert verdict.wealth == 1.0
    assert "won 0 and lost 0 of 16 groups" in verdict.reason
    assert "larger effect" in verdict.more


def test_a_harmful_candidate_is_rejected_as_shown_worse() -> None:
    """Losing 40 points is shown, not merely suspected."""
    verdict = verdict_of(HARMFUL)

    assert verdict.decision is Decision.REJECT
    assert verdict.blocked_by is None
    assert verdict.interval[1] < 0.2
    assert verdict.reason.startswith("shown to be worse: won 0 and lost")


def test_a_budget_that_ends_is_inconclusive_with_the_groups_still_needed() -> None:
    """+20 points in 12 groups: not enough, and it says how many more."""
    generator = random.Random(1)
    wins = {pair.task: generator.random() < 0.4 for pair in PLAN.pairs}
    plan = plan_of(max_bets=12)
    verdict = verdict_of(
        lambda request: PASS if arm_of(request) == "candidate" or not wins[request.assignment.task] else FAIL,
        plan=plan,
    )

    assert verdict.decision is Decision.INCONCLUSIVE
    assert not verdict.futile
    assert verdict.groups_used == 12
    assert verdict.reason.startswith("undecided when the budget ended")
    assert "more groups at the present rate" in verdict.more


def test_without_a_trend_more_groups_are_not_promised() -> None:
    """As many losses as wins: the evidence does not grow."""
    wins = {pair.task for pair in PLAN.pairs if pair.position % 2}
    verdict = verdict_of(
        lambda request: (
            PASS if (request.assignment.task in wins) is (arm_of(request) == "candidate") else FAIL
        ),
        plan=plan_of(max_bets=12),
    )

    assert verdict.decision is Decision.INCONCLUSIVE
    assert verdict.more.startswith("more groups alone are not expected to decide")


@pytest.mark.parametrize("ends", [HELPFUL, USELESS, HARMFUL], ids=["helpful", "useless", "harmful"])
def test_the_verdict_does_not_depend_on_the_order_in_which_runs_finish(ends: Ends) -> None:
    """Any shuffling of completion and any number in flight give the same verdict."""
    verdicts = [
        run_experiment(
            PLAN,
            tasks=TASKS,
            executor=SimulatedExecutor(ends=ends, in_flight=in_flight, shuffle=shuffle),
        )
        for in_flight, shuffle in [(1, 0), (2, 1), (2, 2), (7, 3), (40, 4)]
    ]

    assert all(verdict == verdicts[0] for verdict in verdicts)


def test_runs_of_both_arms_are_dispatched_interleaved_in_the_planned_order() -> None:
    """With one run in flight the keys come exactly as planned, pair by pair."""
    executor = SimulatedExecutor(ends=USELESS, in_flight=1)
    run_experiment(PLAN, tasks=TASKS, executor=executor)

    assert executor.started == list(PLAN.run_keys())[: len(executor.started)]
    assert [key.split("/")[1] for key in executor.started[:4]] == ["0", "0", "1", "1"]


def test_stopping_early_closes_the_executor_and_starts_nothing_more() -> None:
    """Beyond the verdict only the runs that overtook a slow one are paid for."""
    executor = SimulatedExecutor(ends=USELESS, in_flight=4, shuffle=5)
    verdict = run_experiment(PLAN, tasks=TASKS, executor=executor)

    assert verdict.groups_used == 16
    assert 32 <= len(executor.started) < 48
    assert len(executor.in_air) <= 4
    assert set(executor.started) <= set(list(PLAN.run_keys())[:48])


@pytest.mark.parametrize("dies_after", [1, 7, 20])
def test_a_killed_experiment_resumes_to_the_same_verdict_and_pays_for_no_run_twice(dies_after: int) -> None:
    """The run store answers what was finished; the keys are the same."""
    whole = SimulatedExecutor(ends=HELPFUL, shuffle=1)
    expected = run_experiment(PLAN, tasks=TASKS, executor=whole)
    first = SimulatedExecutor(ends=HELPFUL, shuffle=2, dies_after=dies_after)
    with pytest.raises(KeyboardInterrupt):
        run_experiment(PLAN, tasks=TASKS, executor=first)

    second = SimulatedExecutor(ends=HELPFUL, shuffle=3, store=first.store)
    resumed = run_experiment(PLAN, tasks=TASKS, executor=second)

    assert resumed == expected
    assert not set(first.started) & set(second.started)


def test_every_bet_is_heard_of_in_order_with_a_bound_that_never_falls() -> None:
    """``on_evidence`` gets what the verdict keeps."""
    heard: list[tuple[EvidencePoint, PairResult]] = []
    verdict = run_experiment(
        PLAN,
        tasks=TASKS,
        executor=SimulatedExecutor(ends=HELPFUL, in_flight=5, shuffle=3),
        on_evidence=lambda point, pair: heard.append((point, pair)),
    )
    bounds = [point.lower_bound for point, _ in heard]

    assert tuple(point for point, _ in heard) == verdict.evidence
    assert tuple(pair for _, pair in heard) == verdict.pairs
    assert bounds == sorted(bounds)
    assert [point.bet for point, _ in heard] == list(range(len(heard)))


def test_requests_carry_seeds_labels_and_the_harness_of_their_arm() -> None:
    """Everything that a reader of the spans needs to find the run."""
    asked: list[RunRequest] = []

    def ends(request: RunRequest) -> Ending:
        asked.append(request)
        return PASS

    verdict_of(ends)
    request = next(request for request in asked if request.key == f"{PLAN.id}/0/candidate")
    pair = PLAN.pairs[0]

    assert request.checkout.tree == "new"
    assert request.seed == pair.candidate_seed
    assert request.in_flight == 2
    assert request.labels == {
        attributes.SUITE: "simulated",
        attributes.SPLIT: "gate",
        attributes.GROUP: pair.group,
        attributes.TASK: pair.task,
        attributes.ARM: "candidate",
        attributes.EXPERIMENT: PLAN.id,
    }


def test_repeats_of_a_group_make_one_bet_of_their_mean() -> None:
    """One of two pairs won: a difference of a half."""
    plan = plan_of(repeats=2)
    verdict = verdict_of(
        lambda request: (
            PASS if arm_of(request) == "candidate" and int(request.key.split("/")[1]) % 2 else FAIL
        ),
        plan=plan,
    )

    assert {point.difference for point in verdict.evidence} == {0.5}
    assert len(verdict.pairs) == 2 * len(verdict.evidence)


def test_partial_scores_are_bet_on_as_they_are() -> None:
    """A verifier that gives half a point moves the evidence by half a point."""
    half = replace(FAIL, score=0.5)
    verdict = verdict_of(lambda request: half if arm_of(request) == "candidate" else FAIL)

    assert verdict.effect_at_stop == 0.5
    assert verdict.decision is Decision.PROMOTE


def test_a_noise_check_of_a_noisy_harness_promotes_nothing_and_says_what_it_is() -> None:
    """One harness, different seeds: pairs differ, and nothing follows."""
    plan = plan_of(candidate=simulated_checkout("old"), a_a=True)
    verdict = verdict_of(pass_rates(0.6, 0.6), plan=plan)

    assert verdict.decision is Decision.INCONCLUSIVE
    assert any(point.difference != 0.0 for point in verdict.evidence)
    assert verdict.diverged > 0
    assert "noise check" in verdict.notes[0]


def test_a_gain_without_its_mechanism_is_blocked_with_runs() -> None:
    """The evidence is there, the middleware never acted: rejected, not promoted."""
    guards = Guards(mechanism=parse_mechanism("middleware:stock:LoopDetection"))
    verdict = verdict_of(HELPFUL, guards=guards)

    assert verdict.decision is Decision.REJECT
    assert verdict.blocked_by == "activation"
    assert verdict.activation == "never_fired"
    assert set(verdict.blocking_runs) <= {pair.candidate_run for pair in verdict.pairs}
    assert verdict.wealth >= verdict.threshold


def test_a_gain_that_costs_too_much_is_blocked() -> None:
    """Three times the tokens where the policy allows two."""
    dear = {"control": 1000, "candidate": 3000}
    verdict = verdict_of(lambda request: replace(HELPFUL(request), tokens=dear[arm_of(request)]))

    assert (verdict.decision, verdict.blocked_by, verdict.cost_ratio) == (Decision.REJECT, "cost", 3.0)
    assert "blocked by the cost guard: a run takes 3.00 times the control's tokens" in verdict.reason


def broken_at(position: int, base: Ends) -> Ends:
    """A candidate that always fails the task of one pair, which the control always passes."""
    task = PLAN.pairs[position].task

    def ends(request: RunRequest) -> Ending:
        if request.assignment.task == task:
            return FAIL if arm_of(request) == "candidate" else PASS
        return base(request)

    return ends


def test_a_broken_reliable_task_vetoes_after_fresh_runs_of_that_task_only() -> None:
    """Six fresh runs an arm, fed into nothing but the veto."""
    executor = SimulatedExecutor(ends=broken_at(3, HELPFUL))
    task = PLAN.pairs[3].task
    verdict = run_experiment(
        PLAN, tasks=TASKS, executor=executor, guards=Guards(reliable=frozenset({task, "other"}))
    )
    fresh = [key for key in executor.started if "/fresh/" in key]

    assert (verdict.decision, verdict.blocked_by) == (Decision.REJECT, "regression")
    assert sorted(fresh) == sorted(
        PLAN.fresh_key(task, number, arm) for number in range(6) for arm in ("control", "candidate")
    )
    assert len(verdict.blocking_runs) == 6
    assert len(verdict.pairs) == verdict.groups_used


def test_a_reliable_task_lost_by_bad_luck_does_not_veto() -> None:
    """The fresh runs pass in both arms."""
    ends = broken_at(3, HELPFUL)
    verdict = run_experiment(
        PLAN,
        tasks=TASKS,
        executor=SimulatedExecutor(ends=lambda request: PASS if "/fresh/" in request.key else ends(request)),
        guards=Guards(reliable=frozenset({PLAN.pairs[3].task})),
    )

    assert verdict.decision is Decision.PROMOTE


def mean_difference(ends: Ends) -> float:
    """Over all 80 groups of six plans, without stopping."""
    differences: list[float] = []
    for seed in range(6):
        plan = seeded_plan(seed)
        executor = SimulatedExecutor(ends=ends)
        requests = executor.run(_requests(plan))
        results = {result.key: result for result in requests}
        for pair in plan.pairs:
            control, candidate = (results[plan.run_key(pair, arm)] for arm in ("control", "candidate"))
            differences.append(_difference(control.outcome, candidate.outcome))
    return sum(differences) / len(differences)


def _requests(plan: ExperimentPlan) -> list[RunRequest]:
    from benchmarks.schedule import planned_requests

    return list(planned_requests(plan, TASKS))


def _difference(control: Outcome, candidate: Outcome) -> float:
    def score(outcome: Outcome) -> float | None:
        return float(outcome is Outcome.PASSED) if outcome.is_scored else None

    return PairResult(
        position=0,
        task="",
        group="",
        control_run="",
        candidate_run="",
        control_score=score(control),
        candidate_score=score(candidate),
        control_outcome=control,
        candidate_outcome=candidate,
    ).difference


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("crash", [ERRORED, replace(FAIL, outcome=Outcome.TIMED_OUT)], ids=["errored", "own"])
def test_a_candidate_that_crashes_where_it_would_fail_gains_nothing(share: float, crash: Ending) -> None:
    """Whether the crash counts as the harness's own or leaves the run unscored."""
    honest = pass_rates(0.6, 0.6)

    def crashing(request: RunRequest) -> Ending:
        ending = honest(request)
        would_fail = arm_of(request) == "candidate" and ending is FAIL
        return crash if would_fail and random.Random(request.key).random() < share else ending

    assert mean_difference(crashing) <= mean_difference(honest)
    assert verdict_of(crashing).decision is not Decision.PROMOTE


def test_a_candidate_that_wins_second_chances_by_breaking_things_is_blocked() -> None:
    """It breaks the infrastructure whenever it would fail, and the retry passes: the coverage guard sees it."""

    def retried(request: RunRequest) -> Ending:
        would_fail = luck(request) >= 0.6
        if would_fail and arm_of(request) == "candidate":
            return replace(PASS, attempt=2)
        return FAIL if would_fail else PASS

    verdict = verdict_of(retried)

    assert (verdict.decision, verdict.blocked_by) == (Decision.REJECT, "coverage")
    assert any(note.startswith("coverage:") for note in verdict.notes)


def test_a_run_that_broke_for_good_counts_at_its_worst_and_is_noted() -> None:
    """Unscored on either side is a loss for the candidate."""
    broken = {f"{PLAN.id}/0/control", f"{PLAN.id}/1/candidate"}
    verdict = verdict_of(lambda request: ERRORED if request.key in broken else FAIL)

    assert [point.difference for point in verdict.evidence[:3]] == [-1.0, 0.0, 0.0]
    assert any("stayed unscored" in note for note in verdict.notes)


def test_unscored_controls_never_help_the_candidate() -> None:
    """A control that breaks every time is worth a pass each time."""
    verdict = verdict_of(lambda request: ERRORED if arm_of(request) == "control" else PASS)

    assert {point.difference for point in verdict.evidence} == {0.0}


def test_an_executor_that_ends_early_is_a_broken_system() -> None:
    """A missing result is never read as an outcome."""

    class Tired(SimulatedExecutor):
        def run(self, requests):  # noqa: ANN001, ANN202
            for number, result in enumerate(super().run(requests)):
                if number == 9:
                    return
                yield result

    with pytest.raises(BrokenSystemError, match="ended without a result"):
        run_experiment(PLAN, tasks=TASKS, executor=Tired(ends=HELPFUL))


def test_a_plan_whose_tasks_are_gone_names_the_task() -> None:
    """The suite must be the one that was planned on."""
    with pytest.raises(SuiteError, match=r"task g\d\d/m0 of the plan is not in the suite"):
        run_experiment(PLAN, tasks={}, executor=SimulatedExecutor(ends=HELPFUL))


@pytest.mark.slow
def test_promotions_over_many_seeds_are_as_frequent_as_the_plan_says() -> None:
    """Whole experiments, helpful by 25 points: nearly all promoted, in about 35 groups; useless ones never."""
    helpful = [verdict_of(pass_rates(0.5, 0.75), plan=plan_of(seed=seed)) for seed in range(20)]
    useless = [
        verdict_of(
            pass_rates(0.6, 0.6), plan=plan_of(seed=seed, candidate=simulated_checkout("old"), a_a=True)
        )
        for seed in range(20)
    ]
    decisions = Counter(verdict.decision for verdict in helpful)
    groups = sum(verdict.groups_used for verdict in helpful) / len(helpful)

    assert decisions[Decision.PROMOTE] >= 18
    assert 25 <= groups <= 48
    assert not any(verdict.decision is Decision.PROMOTE for verdict in useless)
