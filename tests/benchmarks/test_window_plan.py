"""A window's order: shared by all arms, endless, one lap for each candidate, and readable from the ledger."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.errors import PlanError
from benchmarks.experiment import run_experiment
from benchmarks.experiment_confirm import confirmation_plan
from benchmarks.experiment_plan import Design, ExperimentPlan, continue_experiment
from benchmarks.gate.testing import PASS, SimulatedExecutor, simulated_checkout, simulated_tasks
from benchmarks.window_plan import CONTROL, WindowPlan, plan_member, plan_window
from tests.examples import examples

TASKS = simulated_tasks(30, per_group=2)
OLD, NEW, OTHER = simulated_checkout("old"), simulated_checkout("new"), simulated_checkout("other")
DESIGN = Design(suite="simulated", seed=1, threshold=20.0, repeats=2)
SUITE = replace(DESIGN, claim="suite")


def window_of(design: Design = DESIGN, name: str = "first") -> WindowPlan:
    return plan_window(design, name=name, control=OLD, tasks=list(TASKS.values()))


WINDOW, SUITE_WINDOW = window_of(), window_of(SUITE)


def test_the_same_window_is_planned_everywhere() -> None:
    """The order of tasks does not matter; its name, its seed and its control do."""
    backwards = plan_window(DESIGN, name="first", control=OLD, tasks=list(TASKS.values())[::-1])
    others = [
        window_of(name="second"),
        window_of(replace(DESIGN, seed=2)),
        plan_window(DESIGN, name="first", control=OTHER, tasks=list(TASKS.values())),
    ]

    assert backwards == WINDOW
    assert len({WINDOW.id, *(other.id for other in others)}) == 4


def test_candidates_share_pairs_and_seeds_with_the_control_alone_in_common() -> None:
    """Position for position the same task and seed; a control run has one key, the candidates' runs have their own."""
    one, two = (plan_member(WINDOW, DESIGN, candidate=candidate) for candidate in (NEW, OTHER))
    keys = [
        {arm: plan.run_key(plan.pairs[7], arm) for arm in ("control", "candidate")} for plan in (one, two)
    ]

    assert one.id != two.id
    assert [(pair.task, pair.control_seed, pair.candidate_seed) for pair in one.pairs] == [
        (pair.task, pair.control_seed, pair.candidate_seed) for pair in two.pairs
    ]
    assert keys[0]["control"] == keys[1]["control"] == WINDOW.run_key(7)
    assert keys[0]["candidate"] != keys[1]["candidate"]


@pytest.mark.parametrize("window", [WINDOW, SUITE_WINDOW], ids=["groups", "suite"])
@given(position=st.integers(0, 500))
@settings(deadline=None, max_examples=examples(30))
def test_a_candidate_plays_one_whole_lap_wherever_it_begins(window: WindowPlan, position: int) -> None:
    """Each slot once, its bets whole, from the first bet that begins there or later."""
    begins = window.fresh(position)
    pairs = window.pairs_from(begins, NEW)

    assert 0 <= begins - position < 2
    assert sorted(pair.task for pair in pairs) == sorted(slot.task for slot in window.slots)
    assert [pair.position for pair in pairs] == list(range(len(window.slots)))
    assert max(pair.bet for pair in pairs) == max(slot.bet for slot in window.slots)
    assert [pair.control_seed for pair in pairs] == [
        window.seed(at) for at in range(begins, begins + len(pairs))
    ]


def test_no_two_positions_share_a_seed_or_a_key() -> None:
    """Three laps of the order are all different runs."""
    positions = range(3 * len(WINDOW.slots))

    assert len({WINDOW.seed(position) for position in positions}) == len(positions)
    assert len({WINDOW.run_key(position) for position in positions}) == len(positions)


def test_the_order_of_the_arms_is_random_and_not_changed_by_who_takes_part() -> None:
    """Each arm is first about equally often, and a further candidate only falls in between."""
    orders = [WINDOW.dispatch_order(position, ["new", "other"]) for position in range(300)]
    firsts = [order[0] for order in orders]

    assert all(70 < firsts.count(arm) < 130 for arm in (CONTROL, "new", "other"))
    for position, order in enumerate(orders):
        alone = WINDOW.dispatch_order(position, ["new"])
        assert tuple(arm for arm in order if arm != "other") == alone


def test_a_pair_says_who_goes_first() -> None:
    """As the window dispatches it, so that a plan reads as it is carried out."""
    plan = plan_member(WINDOW, DESIGN, candidate=NEW, begins=10)

    for pair in plan.pairs:
        first = WINDOW.dispatch_order(10 + pair.position, ["new"])[0]
        assert pair.first == ("control" if first == CONTROL else "candidate")


def test_another_beginning_is_another_experiment() -> None:
    """Its id, its keys and its looks are its own."""
    one, two = (plan_member(WINDOW, DESIGN, candidate=NEW, begins=begins) for begins in (0, 10))

    assert one.id != two.id
    assert WINDOW.run_key(9) not in set(two.run_keys())
    assert {WINDOW.run_key(10), WINDOW.run_key(69)} <= set(two.run_keys())


@pytest.mark.parametrize("begins", [1, 61])
def test_nobody_begins_in_the_middle_of_a_bet(begins: int) -> None:
    """Its first bet would lack a pair."""
    with pytest.raises(PlanError, match=f"no candidate can begin at position {begins}"):
        plan_member(WINDOW, DESIGN, candidate=NEW, begins=begins)


def test_a_member_asks_what_the_window_asks() -> None:
    """Another claim draws another order."""
    with pytest.raises(PlanError, match="with claim groups"):
        plan_member(WINDOW, SUITE, candidate=NEW)


def test_a_window_without_tasks_is_refused() -> None:
    """With the way out."""
    with pytest.raises(PlanError, match="add tasks"):
        plan_window(DESIGN, name="empty", control=OLD, tasks=[])


def test_windows_and_members_are_read_back_from_json() -> None:
    """As the ledger keeps them; another control is refused."""
    member = plan_member(WINDOW, DESIGN, candidate=NEW, begins=4)
    records = json.loads(json.dumps([WINDOW.to_record(), member.to_record()]))

    assert WindowPlan.from_record(records[0], control=OLD) == WINDOW
    assert ExperimentPlan.from_record(records[1], control=OLD, candidate=NEW) == member
    with pytest.raises(PlanError, match="plan again"):
        WindowPlan.from_record(records[0], control=OTHER)


def test_a_record_from_before_there_were_windows_is_read() -> None:
    """A plan without a place stands alone."""
    record = plan_member(WINDOW, DESIGN, candidate=NEW).to_record()
    del record["place"]

    assert ExperimentPlan.from_record(record, control=OLD, candidate=NEW).place is None


def test_what_goes_on_after_a_window_has_a_control_of_its_own() -> None:
    """The next part and a confirmation ask for no run of the window."""
    short = replace(DESIGN, max_bets=8, force=True, threshold=1000.0)
    plan = plan_member(WINDOW, short, candidate=NEW)
    verdict = run_experiment(plan, tasks=TASKS, executor=SimulatedExecutor(ends=lambda _: PASS))
    tasks = list(TASKS.values())
    later = [
        continue_experiment(plan, verdict, tasks=tasks, force=True),
        confirmation_plan(plan, tasks=tasks),
    ]

    assert any(key.startswith(WINDOW.id) for key in plan.run_keys())
    assert not any(key.startswith(WINDOW.id) for more in later for key in more.run_keys())
