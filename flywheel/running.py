"""Running the current harness on tasks a person chose, outside any experiment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.task import Split, Suite, Task
from flywheel.batch import Batch, passed, run_batch
from flywheel.errors import FlywheelError, UnknownName
from flywheel.looks import record_look
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.shared_ledger import share_look
from flywheel.suites import open_suite
from flywheel.task_images import make_images_ready
from harness.runs import RunResult


@dataclass(frozen=True, kw_only=True)
class RunOrder:
    """What ``flywheel run`` was asked for; no ``tasks`` means all of the split."""

    suite: str
    split: Split = Split.MINE
    tasks: tuple[str, ...] = ()
    repeats: int = 1
    seed: int = 1
    in_flight: int | None = None
    trust_code: bool = False
    local_ledger: bool = False


def run_tasks(project: Project, order: RunOrder, observer: Observer) -> tuple[RunResult, ...]:
    """Run and return the results ordered by run key; of a held-out split, the look is recorded before it starts."""
    project.manifest()  # a harness that does not load is said so before anything runs
    shared = share_look(project, order.split, local=order.local_ledger, observer=observer)
    shared.publish()
    suite = open_suite(order.suite, seed=order.seed, observer=observer, project=project)
    batch = _batch(project, order, suite)
    make_images_ready(batch.tasks, observer)
    _announce(project, order, batch)
    shared.publish()
    observer.stage(f"run {len(batch.requests())} times on the {order.split.value} split")
    with open_executor(project, in_flight=batch.in_flight, trust_code=order.trust_code) as executor:
        results = run_batch(batch, executor, observer)
    project.ledger.append("batch_finished", batch.name, {"runs": len(results), "passed": passed(results)})
    return results


def run_order_document(results: Sequence[RunResult]) -> dict[str, Any]:
    """The results as JSON."""
    return {
        "passed": passed(results),
        "scored": sum(result.outcome.is_scored for result in results),
        "runs": [
            {
                "run": result.run_id,
                "key": result.key,
                "outcome": result.outcome.value,
                "reason": result.reason,
                "score": result.score,
                "steps": result.steps,
                "seconds": round(result.seconds, 3),
            }
            for result in results
        ],
    }


def _batch(project: Project, order: RunOrder, suite: Suite) -> Batch:
    checkout = project.repository.checkout(project.repository.current())
    stem = f"{order.suite}@{order.seed}/run/{order.split.value}/{checkout.tree[:12]}"
    return Batch(
        name=_unfinished(project, stem),
        suite=suite,
        tasks=_chosen(suite, order),
        checkout=checkout,
        repeats=order.repeats,
        seed=order.seed,
        in_flight=order.in_flight or project.policy().in_flight,
        arm="run",
    )


def _chosen(suite: Suite, order: RunOrder) -> tuple[Task, ...]:
    tasks = {task.id: task for task in suite.of(order.split)}
    if not tasks:
        raise FlywheelError(
            f"suite {suite.name} has no task in the {order.split.value} split; choose another --split"
        )
    for name in order.tasks:
        if name not in tasks:
            raise UnknownName(f"task in the {order.split.value} split", name, tasks)
    return tuple(tasks[name] for name in order.tasks) or tuple(tasks.values())


def _unfinished(project: Project, stem: str) -> str:
    """The name of the batch that was begun and not finished, else a new one."""
    number = 1
    while project.ledger.get("batch_finished", f"{stem}/{number}") is not None:
        number += 1
    return f"{stem}/{number}"


def _announce(project: Project, order: RunOrder, batch: Batch) -> None:
    """An interrupted batch may go on with other tasks: those are another look."""
    keys = [request.key for request in batch.requests()]
    if order.split is not Split.MINE:
        record_look(
            project.ledger,
            f"{batch.name}/{_digest(keys)}",
            split=order.split,
            groups=[task.group for task in batch.tasks],
            run_keys=keys,
            candidate=batch.checkout.commit,
            why="flywheel run",
            suite=order.suite,
        )


def _digest(keys: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:12]
