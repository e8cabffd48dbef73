"""Proves of each task that doing nothing fails and that the reference passes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass

from benchmarks.task import Suite, Task
from harness.errors import BrokenSystemError
from harness.runs import Verification
from harness.sandbox import Sandbox
from harness.sandboxes.task_containers import TaskContainers


@dataclass(frozen=True, kw_only=True)
class TaskCheck:
    """What was seen of one task; ``reasons`` is empty for a sound one."""

    task: str
    untouched: Verification
    reference: Verification
    reasons: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether the task can tell work from no work."""
        return not self.reasons


def check_suite(
    suite: Suite,
    sandbox: Sandbox,
    *,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[TaskCheck, ...]:
    """Check all tasks, in the suite's order; ``progress`` is told how many of how many are done.

    A task with an environment of its own is checked in that; where this machine cannot give it, that is the reason.
    """
    found: dict[str, TaskCheck] = {}
    with (
        closing(TaskContainers(sandbox)) as containers,
        ThreadPoolExecutor(max_workers=workers) as pool,
    ):
        checks = [pool.submit(_check_in_place, task, containers) for task in suite.tasks]
        for future in as_completed(checks):
            found[future.result().task] = future.result()
            if progress is not None:
                progress(len(found), len(suite.tasks))
    return tuple(found[task.id] for task in suite.tasks)


def check_task(task: Task, sandbox: Sandbox) -> TaskCheck:
    """Verify the untouched workspace and the one with the reference laid over it."""
    files = task.assignment.files
    untouched = task.verifier.verify(files, sandbox)
    reference = task.verifier.verify({**files, **task.reference}, sandbox)
    reasons = (*_of_untouched(untouched), *_of_reference(reference))
    return TaskCheck(task=task.id, untouched=untouched, reference=reference, reasons=reasons)


def _check_in_place(task: Task, containers: TaskContainers) -> TaskCheck:
    try:
        containers.make_ready(task.assignment.environment, task=task.id)
        sandbox = containers.of(task.assignment.environment)
    except BrokenSystemError as error:
        unseen = Verification(passed=False, score=0.0, cause="verifier_broken", broken="no sandbox")
        return TaskCheck(task=task.id, untouched=unseen, reference=unseen, reasons=(str(error),))
    return check_task(task, sandbox)


def _of_untouched(verification: Verification) -> tuple[str, ...]:
    if verification.broken:
        return (f"the verifier broke on the untouched workspace: {verification.broken}",)
    if verification.passed:
        return ("the untouched workspace passes",)
    if verification.cause.startswith("constraint:"):
        return (f"the untouched workspace fails only for {verification.cause}",)
    return ()


def _of_reference(verification: Verification) -> tuple[str, ...]:
    if verification.broken:
        return (f"the verifier broke on the reference: {verification.broken}",)
    if not verification.passed:
        return (f"the reference fails: {verification.cause} (score {verification.score:.2f})",)
    return ()
