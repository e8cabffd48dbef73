"""Proves of each task that doing nothing fails and that the reference passes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from benchmarks.task import Suite, Task
from harness.runs import Verification
from harness.sandbox import Sandbox


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
    """Check all tasks, in the suite's order; ``progress`` is told how many of how many are done."""
    found: dict[str, TaskCheck] = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for future in as_completed([pool.submit(check_task, task, sandbox) for task in suite.tasks]):
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
