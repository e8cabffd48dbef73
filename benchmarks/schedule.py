"""Runs of both arms asked for in the planned order, and their results taken in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from benchmarks.errors import SuiteError
from benchmarks.experiment_plan import ExperimentPlan
from benchmarks.gate.paired_runs import Arm, PairedRuns
from benchmarks.task import Task
from harness.errors import BrokenSystemError
from harness.runs import Executor, RunRequest, RunResult
from traces import attributes


def planned_requests(plan: ExperimentPlan, tasks: Mapping[str, Task]) -> Iterator[RunRequest]:
    """Every planned run, lazily; the arms of a pair stand next to each other in their drawn order."""
    for pair in plan.pairs:
        for arm in pair.arms:
            yield arm_request(
                plan, task_of(tasks, pair.task), arm, key=plan.run_key(pair, arm), seed=pair.seed(arm)
            )


def arm_request(plan: ExperimentPlan, task: Task, arm: Arm, *, key: str, seed: int) -> RunRequest:
    """One run of one arm with the labels that say what it was for; its key begins with what it belongs to."""
    return RunRequest(
        key=key,
        checkout=plan.checkout(arm),
        assignment=task.assignment,
        verifier=task.verifier,
        seed=seed,
        labels={
            attributes.SUITE: plan.suite,
            attributes.SPLIT: plan.split.value,
            attributes.GROUP: task.group,
            attributes.TASK: task.id,
            attributes.ARM: arm,
            attributes.EXPERIMENT: key.partition("/")[0],
        },
        in_flight=plan.in_flight,
    )


def task_of(tasks: Mapping[str, Task], name: str) -> Task:
    """A planned task; raises ``SuiteError`` if the suite does not hold it any more."""
    try:
        return tasks[name]
    except KeyError:
        raise SuiteError(
            f"task {name} of the plan is not in the suite: load the suite it was planned on"
        ) from None


@contextmanager
def running(executor: Executor, requests: Iterable[RunRequest]) -> Iterator[Iterator[RunResult]]:
    """Results as runs finish; leaving early closes the executor's iterator, which leaves no run behind."""
    results = executor.run(requests)
    try:
        yield results
    finally:
        close: Callable[[], None] | None = getattr(results, "close", None)
        if close is not None:
            close()


def in_planned_order(plan: ExperimentPlan, results: Iterator[RunResult]) -> Iterator[tuple[PairedRuns, ...]]:
    """Yield the pairs of each bet, bets in the planned order, whatever order the runs finish in.

    Raises ``BrokenSystemError`` if the executor ends without having answered every request.
    """
    finished: dict[str, RunResult] = {}
    bet: list[PairedRuns] = []
    for pair in plan.pairs:
        if bet and pair.bet != plan.pairs[pair.position - 1].bet:
            yield tuple(bet)
            bet = []
        control, candidate = (
            _wait_for(plan.run_key(pair, arm), finished, results) for arm in ("control", "candidate")
        )
        bet.append(
            PairedRuns(
                position=pair.position, task=pair.task, group=pair.group, control=control, candidate=candidate
            )
        )
    yield tuple(bet)


def _wait_for(key: str, finished: dict[str, RunResult], results: Iterator[RunResult]) -> RunResult:
    while key not in finished:
        result = next(results, None)
        if result is None:
            raise BrokenSystemError(f"the executor ended without a result for run {key}")
        finished[result.key] = result
    return finished.pop(key)
