"""A batch: one harness commit run on some tasks, each a number of times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.task import Split, Suite, Task
from flywheel.errors import FlywheelError
from flywheel.observer import Observer
from flywheel.seeds import derive_seed
from harness.runs import Checkout, Executor, RunRequest, RunResult
from traces import attributes
from traces.outcome import Outcome
from traces.terminal import one_line

_NO_PROGRAM = ("exit_code:126", "exit_code:127")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What is to be run; ``name`` becomes part of every run key, so the same batch is never paid for twice."""

    name: str
    suite: Suite
    tasks: tuple[Task, ...]
    checkout: Checkout
    repeats: int
    seed: int
    in_flight: int
    arm: str = "mine"

    def requests(self) -> tuple[RunRequest, ...]:
        """Every run of the batch: all tasks once, then all again."""
        return tuple(
            self._request(task, repeat) for repeat in range(1, self.repeats + 1) for task in self.tasks
        )

    def _request(self, task: Task, repeat: int) -> RunRequest:
        split = self.suite.splits.get(task.group, Split.MINE)
        return RunRequest(
            key=f"{self.name}/{task.id}/{repeat}",
            checkout=self.checkout,
            assignment=task.assignment,
            verifier=task.verifier,
            seed=derive_seed(self.seed, self.name, task.id, repeat),
            labels={
                attributes.SUITE: self.suite.name,
                attributes.SPLIT: split.value,
                attributes.GROUP: task.group,
                attributes.ARM: self.arm,
            },
            in_flight=self.in_flight,
        )


def run_batch(batch: Batch, executor: Executor, observer: Observer) -> tuple[RunResult, ...]:
    """Run what is not finished yet; results come back ordered by run key.

    Raises ``FlywheelError`` where no run reached its model, all for one reason.
    """
    requests = batch.requests()
    results: list[RunResult] = []
    for result in executor.run(requests):
        results.append(result)
        observer.progress(len(results), len(requests), f"{passed(results)} passed")
    _require_some_work(results)
    return tuple(sorted(results, key=lambda result: result.key))


def _require_some_work(results: Sequence[RunResult]) -> None:
    """A batch in which no run reached its model says nothing about the tasks: raises ``FlywheelError``."""
    reasons = {result.reason for result in results}
    if len(results) > 1 and len(reasons) == 1 and not any(map(_worked, results)):
        raise FlywheelError(
            f"all {len(results)} runs ended before their agent did anything: {one_line(reasons.pop(), 300)}; mend "
            f"that first (`flywheel traces show {results[0].run_id[:12]}` shows one)"
        )


def _worked(result: RunResult) -> bool:
    """Whether an agent did anything: a command agent, whose steps nobody sees, did unless there was no such program."""
    if not result.configuration_hash:
        return result.steps > 0
    return not result.reason.endswith(_NO_PROGRAM)


def passed(results: Iterable[RunResult]) -> int:
    """How many passed."""
    return sum(result.outcome is Outcome.PASSED for result in results)


def pass_rate(results: Sequence[RunResult]) -> float | None:
    """Passed over scored, or ``None`` where nothing was scored."""
    scored = sum(result.outcome.is_scored for result in results)
    return passed(results) / scored if scored else None
