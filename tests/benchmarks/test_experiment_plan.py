"""Plans: fixed, random, stable, honest about what they can detect, and readable from the ledger."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks.errors import PlanError
from benchmarks.experiment_plan import ExperimentPlan, plan_experiment
from benchmarks.gate.testing import simulated_checkout, simulated_tasks
from benchmarks.task import Task

CONTROL, CANDIDATE = simulated_checkout("old"), simulated_checkout("new")


def plan_of(tasks: dict[str, Task] | None = None, **changes: object) -> ExperimentPlan:
    arguments: dict[str, object] = {
        "control": CONTROL,
        "candidate": CANDIDATE,
        "tasks": list((simulated_tasks(80, per_group=3) if tasks is None else tasks).values()),
        "suite": "simulated",
        "seed": 1,
        "threshold": 160.0,
        **changes,
    }
    return plan_experiment(**arguments)  # type: ignore[arg-type]


def test_each_group_gets_one_bet_with_one_of_its_tasks() -> None:
    """Claim ``groups``: as many bets as groups, each with one pair."""
    plan = plan_of()

    assert [pair.bet for pair in plan.pairs] == list(range(80)) == [pair.position for pair in plan.pairs]
    assert len(plan.groups) == 80
    assert all(pair.task.startswith(pair.group) for pair in plan.pairs)
    assert len({pair.task[-2:] for pair in plan.pairs}) == 3


def test_repeats_of_a_group_stand_together_and_use_different_tasks_first() -> None:
    """Four pairs of three tasks: each task once before any comes twice."""
    plan = plan_of(repeats=4)
    first = plan.pairs[:4]

    assert {pair.bet for pair in first} == {0}
    assert len({pair.task for pair in first[:3]}) == 3
    assert len({pair.control_seed for pair in first}) == 4
    assert plan.bets == 80


def test_claim_suite_bets_on_each_pair_in_fresh_random_orders_of_all_tasks() -> None:
    """Each repeat holds every task once, in another order."""
    plan = plan_of(simulated_tasks(10), claim="suite", repeats=3)
    orders = [[pair.task for pair in plan.pairs[start : start + 10]] for start in (0, 10, 20)]

    assert plan.bets == 30
    assert all(sorted(order) == sorted(simulated_tasks(10)) for order in orders)
    assert orders[0] != orders[1] != orders[2]


def test_the_order_is_random_and_does_not_follow_the_suite() -> None:
    """Neither the suite's order nor the order in which the tasks are handed over matters."""
    tasks = simulated_tasks(80, per_group=3)
    plan, reversed_plan = plan_of(tasks), plan_of(dict(reversed(tasks.items())))

    assert [pair.group for pair in plan.pairs] != sorted(pair.group for pair in plan.pairs)
    assert plan == reversed_plan


def test_either_arm_goes_first_about_equally_often() -> None:
    """Which arm starts a pair is drawn."""
    firsts = Counter(pair.first for pair in plan_of().pairs)

    assert 25 <= firsts["control"] <= 55


def test_both_arms_share_the_seed_except_in_a_noise_check() -> None:
    """With equal seeds a noise check would measure nothing."""
    noise = plan_of(candidate=CONTROL, a_a=True)

    assert all(pair.control_seed == pair.candidate_seed for pair in plan_of().pairs)
    assert all(pair.control_seed != pair.candidate_seed for pair in noise.pairs)


def test_two_candidates_share_no_run() -> None:
    """Other candidate, other order, other seeds, other keys: fresh pairs."""
    one, other = plan_of(), plan_of(candidate=simulated_checkout("newer"))

    assert [pair.group for pair in one.pairs] != [pair.group for pair in other.pairs]
    assert not set(one.run_keys()) & set(other.run_keys())


def test_the_identity_follows_from_trees_and_settings_alone() -> None:
    """A candidate committed again at another time, or with other workers, asks for the same runs."""
    plan = plan_of()
    again = plan_of(candidate=type(CANDIDATE)(path=CANDIDATE.path, commit="later", tree="new"), in_flight=8)

    assert again.id == plan.id
    assert {plan_of(seed=2).id, plan_of(threshold=140.0).id, plan_of(effect=0.1).id}.isdisjoint({plan.id})


def test_a_plan_survives_the_ledger() -> None:
    """JSON out and in, without local paths."""
    plan = plan_of(simulated_tasks(20))
    text = json.dumps(plan.to_record())

    assert ExperimentPlan.from_record(json.loads(text), control=CONTROL, candidate=CANDIDATE) == plan
    assert "/nonexistent" not in text


def test_a_plan_is_not_read_back_onto_another_harness() -> None:
    """The error names the arm and the way out."""
    record = plan_of().to_record()

    with pytest.raises(PlanError, match="the plan's control is tree old, not new: plan again"):
        ExperimentPlan.from_record(record, control=CANDIDATE, candidate=CANDIDATE)


def test_a_plan_says_what_it_can_detect() -> None:
    """The demo's plan: about 20 points at 80 % power, and what to expect if they are there."""
    plan = plan_of()

    assert plan.detectable == pytest.approx(0.2, abs=0.01)
    assert plan.expected.reached == pytest.approx(0.8, abs=0.01)
    assert plan.expected.bets == pytest.approx(50, abs=1)


def test_the_discordance_follows_the_effect_unless_it_is_given() -> None:
    """A policy that plans another effect needs no second number."""
    assert plan_of().discordance == pytest.approx(0.24)
    assert plan_of(effect=0.4).discordance == pytest.approx(0.48)
    assert plan_of(effect=0.95).discordance == 1.0
    assert plan_of(effect=0.2, discordance=0.5).discordance == 0.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_bets": 7}, "7 groups cannot decide"),
        ({"max_bets": 30, "largest_possible_effect": 0.1}, "can gain at most 10.0"),
        ({"candidate": CONTROL}, "nothing to measure"),
        ({"a_a": True}, "one harness in both arms"),
        ({"effect": 0.0}, "planned effect"),
        ({"effect": 0.3, "discordance": 0.2}, "planned discordance"),
        ({"repeats": 0}, "at least 1 pair"),
        ({"tasks": {}}, "has no tasks"),
    ],
)
def test_what_cannot_decide_is_refused_before_it_costs_anything(
    changes: dict[str, object], message: str
) -> None:
    """Each refusal names its reason."""
    with pytest.raises(PlanError, match=message):
        plan_of(**changes)


def test_the_budget_cuts_whole_bets() -> None:
    """No group is left with half of its pairs."""
    plan = plan_of(repeats=2, max_bets=30)

    assert (plan.bets, len(plan.pairs)) == (30, 60)
