"""Control and candidate side by side on the same tasks, until the evidence decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.course import Course, conclude
from benchmarks.experiment_plan import ExperimentPlan
from benchmarks.gate.guards import Guards
from benchmarks.gate.verdict import EvidencePoint, PairResult, Verdict
from benchmarks.schedule import in_planned_order, planned_requests, running
from benchmarks.task import Task
from harness.runs import Executor

OnEvidence = Callable[[EvidencePoint, PairResult], None]


def run_experiment(
    plan: ExperimentPlan,
    *,
    tasks: Mapping[str, Task],
    executor: Executor,
    guards: Guards | None = None,
    on_evidence: OnEvidence | None = None,
) -> Verdict:
    """Carry out a plan and judge it.

    Runs are dispatched interleaved in the planned order and finish in any; results are taken strictly in the
    planned order, and the verdict depends only on the prefix taken. After each bet the experiment stops if
    the evidence decides; runs still in flight are then given up. ``on_evidence`` hears of every bet, with
    the last of its pairs. Guards are asked once, at the end. Raises ``BrokenSystemError`` and ``SuiteError``.
    """
    course = Course.start(plan)
    with running(executor, planned_requests(plan, tasks)) as results:
        for pairs in in_planned_order(plan, results):
            course = course.after(pairs)
            if on_evidence is not None:
                on_evidence(course.points[-1], plan.carried.shifted(pairs[-1].result()))
            if course.stop is not None:
                break
    return conclude(course, guards or Guards(), tasks=tasks, executor=executor)
