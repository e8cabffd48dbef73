"""The schedule: lazy requests in the planned order, results handed on in that order only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.experiment_plan import ExperimentPlan, plan_experiment
from benchmarks.gate.testing import PASS, SimulatedExecutor, simulated_checkout, simulated_tasks
from benchmarks.schedule import in_planned_order, planned_requests, running
from harness.errors import BrokenSystemError
from harness.runs import RunRequest, RunResult

TASKS = simulated_tasks(20)


def plan_of(*, repeats: int = 1) -> ExperimentPlan:
    return plan_experiment(
        control=simulated_checkout("old"),
        candidate=simulated_checkout("new"),
        tasks=list(TASKS.values()),
        suite="simulated",
        seed=3,
        threshold=20.0,
        repeats=repeats,
    )


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
