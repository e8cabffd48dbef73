"""The schedule: lazy requests in the planned order, results handed on in that order only."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.course import fresh_requests
from benchmarks.errors import SuiteError
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.testing import PASS, SimulatedExecutor, simulated_checkout, simulated_tasks
from benchmarks.schedule import arm_request, in_planned_order, planned_requests, running, task_of
from harness.errors import BrokenSystemError
from harness.runs import RunRequest, RunResult
from traces import attributes

TASKS = simulated_tasks(20)


def plan_of(*, repeats: int = 1) -> ExperimentPlan:
    return plan_experiment(
        Design(suite="simulated", seed=3, threshold=20.0, repeats=repeats),
        control=simulated_checkout("old"),
        candidate=simulated_checkout("new"),
        tasks=list(TASKS.values()),
    )


PLANS = {repeats: plan_of(repeats=repeats) for repeats in (1, 2)}


def results_of(plan: ExperimentPlan) -> dict[str, RunResult]:
    return {request.key: PASS.result(request) for request in planned_requests(plan, TASKS)}


def test_requests_are_made_only_when_they_are_pulled() -> None:
    """An executor that stops pulling leaves the rest unmade."""
    requests = planned_requests(plan_of(), TASKS)

    assert isinstance(requests, Iterator)
    assert next(requests).key == next(iter(plan_of().run_keys()))


def test_keys_name_runs_for_good_and_are_all_different() -> None:
    """Two runs of a plan never share a key."""
    plan = plan_of(repeats=3)
    keys = [request.key for request in planned_requests(plan, TASKS)]

    assert keys == list(plan.run_keys())
    assert len(set(keys)) == len(keys) == 2 * 3 * 20


@pytest.mark.parametrize("repeats", [1, 3])
def test_bets_come_in_the_planned_order_from_results_in_reverse(repeats: int) -> None:
    """The very last result may be what the first bet waits for."""
    plan = plan_of(repeats=repeats)
    backwards = iter(list(results_of(plan).values())[::-1])
    bets = list(in_planned_order(plan, backwards))

    assert [len(bet) for bet in bets] == [repeats] * 20
    assert [pair.position for bet in bets for pair in bet] == list(range(20 * repeats))
    assert all(len({pair.group for pair in bet}) == 1 for bet in bets)


def test_a_bet_waits_for_both_arms_of_all_its_pairs() -> None:
    """Nothing is handed on while one run of the first bet is missing."""
    plan = plan_of(repeats=2)
    results = results_of(plan)
    missing = plan.run_key(plan.pairs[1], "control")
    others = iter([result for key, result in results.items() if key != missing])

    with pytest.raises(BrokenSystemError, match=missing):
        next(in_planned_order(plan, others))


def test_each_pair_holds_the_runs_of_its_own_arms() -> None:
    """Control and candidate are told apart by key, not by what came first."""
    plan = plan_of()
    for bet in in_planned_order(plan, iter(results_of(plan).values())):
        (pair,) = bet
        planned = plan.pairs[pair.position]

        assert pair.control.key == plan.run_key(planned, "control")
        assert pair.candidate.key == plan.run_key(planned, "candidate")
        assert pair.task == planned.task


def test_leaving_by_an_error_closes_the_executor_too() -> None:
    """No run stays in the air when the caller fails."""
    executor = SimulatedExecutor(ends=lambda _: PASS, in_flight=3)
    requests = planned_requests(plan_of(), TASKS)

    with pytest.raises(ZeroDivisionError), running(executor, requests) as results:
        take_one_and_fail(results)

    assert len(executor.started) == 1
    assert len(executor.in_air) == 2


def take_one_and_fail(results: Iterator[RunResult]) -> None:
    next(results)
    raise ZeroDivisionError


def test_an_executor_with_a_plain_iterator_is_closed_by_doing_nothing() -> None:
    """The contract asks for an iterator; only generators can be closed."""

    class Plain:
        def run(self, requests: Iterator[RunRequest]) -> Iterator[RunResult]:
            return iter([PASS.result(next(requests))])

    with running(Plain(), planned_requests(plan_of(), TASKS)) as results:  # type: ignore[arg-type]
        keys = [result.key for result in results]

    assert len(keys) == 1


def test_a_request_says_what_the_run_is_for() -> None:
    """All labels, the harness of its arm, the assignment of its task and the plan's number in flight."""
    plan = plan_of()
    request = arm_request(plan, TASKS["g03/m0"], "candidate", key=f"{plan.id}/7", seed=7)

    assert (request.key, request.seed, request.in_flight) == (f"{plan.id}/7", 7, plan.in_flight)
    assert request.checkout == plan.candidate
    assert request.assignment == TASKS["g03/m0"].assignment
    assert request.labels == {
        attributes.SUITE: "simulated",
        attributes.SPLIT: "gate",
        attributes.GROUP: "g03",
        attributes.TASK: "g03/m0",
        attributes.ARM: "candidate",
        attributes.EXPERIMENT: plan.id,
    }


@pytest.mark.parametrize("repeats", [1, 2])
@given(shuffle=st.integers(0, 10_000))
def test_any_order_of_results_gives_the_same_bets(repeats: int, shuffle: int) -> None:
    """Which run finishes first is chance, what is bet on is the plan."""
    plan = PLANS[repeats]
    planned = list(results_of(plan).values())
    mixed = random.Random(shuffle).sample(planned, len(planned))

    assert list(in_planned_order(plan, iter(mixed))) == list(in_planned_order(plan, iter(planned)))


def test_no_more_results_are_taken_than_the_bets_so_far_need() -> None:
    """In the planned order the first bet takes two runs, so that stopping early pays for no more."""
    plan = plan_of()
    results = iter(results_of(plan).values())
    next(in_planned_order(plan, results))

    assert len(list(results)) == 2 * 20 - 2


def test_a_task_that_the_suite_has_lost_is_named() -> None:
    """With the way out."""
    with pytest.raises(SuiteError, match="task gone/m0 of the plan is not in the suite: load the suite"):
        task_of(TASKS, "gone/m0")


def test_fresh_runs_are_asked_for_in_both_arms_with_seeds_of_their_own() -> None:
    """Six of each suspect and arm; both arms share a seed, no seed is one of the experiment's."""
    plan = plan_of()
    fresh = list(fresh_requests(plan, TASKS, ["g01/m0", "g07/m0"]))
    by_arm = {arm: [r for r in fresh if r.labels[attributes.ARM] == arm] for arm in ("control", "candidate")}

    assert [len(requests) for requests in by_arm.values()] == [12, 12]
    assert [r.seed for r in by_arm["control"]] == [r.seed for r in by_arm["candidate"]]
    assert len({r.seed for r in fresh}) == 12
    assert not {r.seed for r in fresh} & {pair.control_seed for pair in plan.pairs}
    assert not {r.key for r in fresh} & set(plan.run_keys())
    assert [r.labels[attributes.ARM] for r in fresh[:4]] == ["control", "candidate"] * 2
