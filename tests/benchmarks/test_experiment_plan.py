"""Plans: fixed, random, stable, honest about what they can detect, and readable from the ledger."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks.errors import PlanError
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.paired_runs import ARMS
from benchmarks.gate.testing import simulated_checkout, simulated_tasks
from benchmarks.task import Split, Task

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
    arms = {name: arguments.pop(name) for name in ("control", "candidate", "tasks")}
    return plan_experiment(Design(**arguments), **arms)  # type: ignore[arg-type]


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
    assert plan.expected.bets == pytest.approx(48.5, abs=1)


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


@pytest.mark.parametrize("claim", ["groups", "suite"])
def test_keys_name_every_run_once(claim: str) -> None:
    """Planned and fresh ones, in the planned order of the arms."""
    plan = plan_of(simulated_tasks(12), claim=claim, repeats=2, threshold=20.0, effect=0.5)
    keys = list(plan.run_keys())
    fresh = [plan.fresh_key(task, n, arm) for task in ("g00/m0", "g01/m0") for n in (0, 1) for arm in ARMS]

    assert len({*keys, *fresh}) == len(keys) + len(fresh)
    assert all(key.startswith(f"{plan.id}/") for key in (*keys, *fresh))
    assert keys[:2] == [plan.run_key(plan.pairs[0], arm) for arm in plan.pairs[0].arms]


def test_each_arm_has_its_harness() -> None:
    """Never the other's."""
    plan = plan_of()

    assert (plan.checkout("control"), plan.checkout("candidate")) == (CONTROL, CANDIDATE)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 2},
        {"threshold": 140.0},
        {"effect": 0.25},
        {"discordance": 0.3},
        {"repeats": 2},
        {"max_bets": 60},
        {"claim": "suite"},
        {"suite": "other"},
        {"split": Split.MINE},
        {"control": simulated_checkout("older")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_a_result_could_depend_on_changes_the_identity(changes: dict[str, object]) -> None:
    """So that no result of another experiment is ever taken for one of this."""
    plan, other = plan_of(**changes), plan_of()

    assert len(plan.id) == 16
    assert plan.id != other.id
    assert not set(plan.run_keys()) & set(other.run_keys())


def test_a_record_that_was_tampered_with_is_not_a_plan() -> None:
    """The ledger's text is checked when it is read: fields and kinds must fit."""
    record = plan_of(simulated_tasks(20)).to_record()

    with pytest.raises(ValueError, match="claim"):
        ExperimentPlan.from_record({**record, "claim": "all"}, control=CONTROL, candidate=CANDIDATE)
    with pytest.raises(ValueError, match="threshold"):
        ExperimentPlan.from_record({**record, "threshold": "much"}, control=CONTROL, candidate=CANDIDATE)


def test_the_record_holds_commits_and_trees_and_no_task_files() -> None:
    """What stands in the ledger can be published."""
    record = plan_of(simulated_tasks(20)).to_record()

    assert record["control"] == {"commit": "commit-of-old", "tree": "old"}
    assert set(record["pairs"][0]) == {
        "position",
        "bet",
        "group",
        "task",
        "control_seed",
        "candidate_seed",
        "first",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"effect": 1.0}, "must be between 0 and 1"),
        ({"effect": -0.2}, "must be between 0 and 1"),
        ({"discordance": 1.5}, "at most 1"),
        ({"max_bets": 0}, "has no tasks for the gate split"),
        ({"threshold": 1e9, "max_bets": 20}, "does not reach the wealth of 1e"),
    ],
)
def test_an_impossible_plan_is_refused_with_its_reason(changes: dict[str, object], message: str) -> None:
    """Before anything is drawn or run."""
    with pytest.raises(PlanError, match=message):
        plan_of(**changes)


def test_a_cut_plan_is_the_beginning_of_the_whole_one() -> None:
    """The budget decides how far, the seed in which order."""
    whole, cut = plan_of(), plan_of(max_bets=40)

    assert cut.pairs == whole.pairs[:40]
    assert set(cut.groups) < set(whole.groups)
    assert cut.detectable > whole.detectable
