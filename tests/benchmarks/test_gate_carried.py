"""An inconclusive experiment goes on with its wealth: parts, records, drift, force and safety."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from benchmarks.errors import PlanError
from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan, continue_experiment, plan_experiment
from benchmarks.gate.activation import parse_mechanism
from benchmarks.gate.carried import Carried
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.guards import Guards
from benchmarks.gate.replay import STOPS, replay
from benchmarks.gate.testing import (
    FAIL,
    PASS,
    Ending,
    Ends,
    SimulatedExecutor,
    arm_of,
    pass_rates,
    simulated_checkout,
    simulated_tasks,
)
from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.task import Task
from harness.runs import RunRequest
from traces import attributes

CONTROL, CANDIDATE = simulated_checkout("old"), simulated_checkout("new")
FEW, MANY = simulated_tasks(25), simulated_tasks(90)


def plan_of(tasks: Mapping[str, Task] = FEW, **changes: object) -> ExperimentPlan:
    arguments: dict[str, object] = {
        "control": CONTROL,
        "candidate": CANDIDATE,
        "tasks": list(tasks.values()),
        "suite": "simulated",
        "seed": 1,
        "threshold": 60.0,
        **changes,
    }
    arms = {name: arguments.pop(name) for name in ("control", "candidate", "tasks")}
    return plan_experiment(Design(**arguments), **arms)  # type: ignore[arg-type]


def run(plan: ExperimentPlan, ends: Ends, tasks: Mapping[str, Task] = MANY, use: str = "prompt") -> Verdict:
    return run_experiment(
        plan,
        tasks=tasks,
        executor=SimulatedExecutor(ends=ends),
        guards=Guards(mechanism=parse_mechanism(use)),
    )


HELPFUL = pass_rates(0.5, 0.68)


def first_part(claim: str = "groups") -> tuple[ExperimentPlan, Verdict]:
    plan = plan_of(claim=claim)
    verdict = run(plan, HELPFUL)
    assert verdict.can_continue
    return plan, verdict


@pytest.mark.parametrize("claim", ["groups", "suite"])
def test_the_next_part_starts_where_the_last_one_ended(claim: str) -> None:
    """Wealth, interval, bets and pairs go on; nothing begins anew."""
    plan, verdict = first_part(claim)
    following = continue_experiment(plan, verdict, tasks=list(MANY.values()), force=True)
    second = run(following, HELPFUL)

    assert following.start.wealth == pytest.approx(verdict.wealth)
    assert following.threshold == plan.threshold
    assert second.evidence[: len(verdict.evidence)] == verdict.evidence
    assert second.pairs[: len(verdict.pairs)] == verdict.pairs
    assert [point.bet for point in second.evidence] == list(range(len(second.evidence)))
    assert [pair.position for pair in second.pairs] == list(range(len(second.pairs)))
    assert any("continued" in note for note in second.notes)


def test_parts_come_to_what_one_long_experiment_with_the_same_differences_comes_to() -> None:
    """The wealth is the product over all bets, however they were cut."""
    plan, verdict = first_part()
    second = run(continue_experiment(plan, verdict, tasks=list(MANY.values())), HELPFUL)
    evidence = Evidence.start(effect=plan.effect, discordance=plan.discordance, threshold=60.0)
    for point in second.evidence:
        evidence = evidence.after(point.difference)

    assert second.wealth == pytest.approx(evidence.wealth)
    assert (second.decision is Decision.PROMOTE) is (second.interval[0] > 0.0)


def test_a_group_gets_one_bet_in_all_parts_together() -> None:
    """A second bet on a group would say nothing of new ones."""
    plan, verdict = first_part()
    following = continue_experiment(plan, verdict, tasks=list(MANY.values()))
    seen = {pair.group for pair in verdict.pairs}

    assert not seen & set(following.groups)
    assert len(seen | set(following.groups)) == 90
    with pytest.raises(PlanError, match="add groups"):
        continue_experiment(plan, _all_used(plan, verdict), tasks=list(FEW.values()))


def _all_used(plan: ExperimentPlan, verdict: Verdict) -> Verdict:
    left = len(plan.pairs) - len(verdict.evidence)
    return Verdict(**{**vars(verdict), "evidence": (*verdict.evidence, *verdict.evidence[:1] * left)})


def test_claim_suite_goes_on_with_what_was_left_and_then_fresh_orders_of_all_tasks() -> None:
    """No task twice before every task once."""
    plan, verdict = first_part("suite")
    made = len(verdict.evidence)
    following = continue_experiment(plan, verdict, tasks=list(FEW.values()), repeats=2, force=True)
    names = [pair.task for pair in following.pairs]

    assert names[: 25 - made] == [pair.task for pair in plan.pairs[made:]]
    assert sorted(names[25 - made : 50 - made]) == sorted(FEW)
    assert [pair.bet for pair in following.pairs] == list(range(len(names)))
    assert not set(following.run_keys()) & set(plan.run_keys())


def test_a_continued_plan_survives_the_ledger() -> None:
    """With everything it carries."""
    plan, verdict = first_part()
    following = continue_experiment(plan, verdict, tasks=list(MANY.values()))

    assert (
        ExperimentPlan.from_record(following.to_record(), control=CONTROL, candidate=CANDIDATE) == following
    )


def test_what_is_over_cannot_be_continued() -> None:
    """Promoted, rejected or futile."""
    plan = plan_of(MANY)
    for ends in (pass_rates(0.2, 0.9), pass_rates(0.9, 0.2), pass_rates(0.5, 0.5)):
        with pytest.raises(PlanError, match="this experiment is over"):
            Carried.of(run(plan, ends))


def test_continuing_whatever_is_inconclusive_errs_no_more_often_than_one_long_experiment() -> None:
    """Useless candidates in four parts of 40 bets each, continued as long as they can be: Ville still holds."""
    draws = np.random.default_rng(11).choice([1.0, -1.0, 0.0], p=[0.15, 0.15, 0.7], size=(400, 160))
    start = Evidence.start(effect=0.1, discordance=0.3, threshold=20.0)
    promoted = 0
    for row in draws:
        evidence = start
        for part in range(4):
            bets = row[40 * part : 40 * part + 40]
            ended = replay(evidence, bets[None, :])
            stop = STOPS[ended.stop[0]]
            if stop is not Stop.BUDGET or part == 3:
                promoted += stop is Stop.REACHED
                break
            for difference in bets:
                evidence = evidence.after(float(difference))

    assert promoted / 400 <= 0.05


def drifting(request: RunRequest) -> Ending:
    """A control that always passes in the first order of tasks and never later; a candidate that always does."""
    if arm_of(request) == "candidate":
        return PASS
    position = int(request.key.split("/")[1])
    is_known = request.labels[attributes.TASK] < "g15"
    return PASS if is_known and position < 25 else FAIL


def test_a_control_that_drifts_blocks_and_a_steady_repetition_continues_the_wealth() -> None:
    """The evidence is kept; the repetition is run to its end and must hold still."""
    plan = plan_of(claim="suite", repeats=2, threshold=2.5e9)
    blocked = run(plan, drifting, use="other")
    following = continue_experiment(plan, blocked, tasks=list(FEW.values()), repeats=2)
    second = run(following, pass_rates(0.0, 1.0), use="other")

    assert (blocked.decision, blocked.blocked_by) == (Decision.INCONCLUSIVE, "drift")
    assert following.carried.is_repetition
    assert second.decision is Decision.PROMOTE
    assert len(second.evidence) == following.bets


def test_a_mechanism_that_fired_in_an_earlier_part_has_fired() -> None:
    """One answer for the whole experiment."""
    plan, verdict = first_part()
    fired = Verdict(**{**vars(verdict), "activation": "fired"})
    second = run(
        continue_experiment(plan, fired, tasks=list(MANY.values())),
        HELPFUL,
        use="middleware:stock:LoopDetection",
    )

    assert second.activation == "fired"
    assert second.blocked_by is None


def test_a_forced_experiment_promotes_nothing() -> None:
    """Its largest possible effect is below the smallest detectable one; it may end inconclusive, or vetoed."""
    with pytest.raises(PlanError, match=r"can gain at most 5\.0"):
        plan_of(MANY, largest_possible_effect=0.05)
    plan = plan_of(MANY, largest_possible_effect=0.05, force=True)
    verdict = run(plan, pass_rates(0.1, 0.9))

    assert plan.forced
    assert not plan_of(MANY, force=True).forced
    assert verdict.decision is Decision.INCONCLUSIVE
    assert verdict.reason.startswith("run although it could not decide")


def test_a_harmless_change_is_safe_and_says_by_how_much() -> None:
    """Non-inferiority with a margin of 20 points; its bound is above the margin and not above zero."""
    plan = plan_of(MANY, question="safe", margin=0.2, threshold=20.0, discordance=0.2)
    verdict = run(plan, pass_rates(0.6, 0.6), use="middleware:stock:LoopDetection")

    assert (verdict.question, verdict.margin) == ("safe", 0.2)
    assert verdict.decision is Decision.PROMOTE
    assert -0.2 < verdict.interval[0] < 0.0
    assert verdict.reason.startswith("safe: worse by less than the margin of 20.0 points")


def test_a_harmful_change_is_not_safe() -> None:
    """Shown to be worse than the margin."""
    plan = plan_of(MANY, question="safe", margin=0.2, threshold=20.0, discordance=0.2)

    assert run(plan, pass_rates(0.9, 0.3)).decision is Decision.REJECT


def test_a_margin_that_the_budget_cannot_show_is_refused_with_what_it_takes() -> None:
    """Five points and 25 groups."""
    with pytest.raises(
        PlanError, match=r"25 groups cannot show that a change costs less than 5\.0 points: that takes"
    ):
        plan_of(question="safe", margin=0.05, threshold=20.0)
    with pytest.raises(PlanError, match="needs a margin"):
        plan_of(question="safe")


def scripted(request: RunRequest) -> Ending:
    """Four wins and two losses in each twenty pairs."""
    difference = {0: 1, 3: -1, 6: 1, 9: 1, 12: -1, 15: 1}.get(int(request.key.split("/")[1]) % 20, 0)
    is_candidate = arm_of(request) == "candidate"
    return PASS if (difference > 0 and is_candidate) or (difference < 0 and not is_candidate) else FAIL


def test_an_experiment_that_can_hardly_decide_any_more_ends_early_and_may_go_on() -> None:
    """Its share is kept, nothing is given up, and more pairs go on from its wealth."""
    plan = plan_of(
        MANY, claim="suite", repeats=3, max_bets=210, effect=0.15, discordance=0.3, threshold=100.0
    )
    verdict = run(plan, scripted)

    assert plan.curtailment > 0.0
    assert verdict.hopeless
    assert verdict.can_continue
    assert verdict.reason.startswith("undecided, and the rest of the budget is unlikely to decide: won")
    assert len(verdict.evidence) < plan.bets
