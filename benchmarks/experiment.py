"""Control and candidate side by side on the same tasks, until the evidence decides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.experiment_plan import ExperimentPlan
from benchmarks.gate.activation import Activation, Mechanism, activation
from benchmarks.gate.cost_guard import cost_ratios
from benchmarks.gate.coverage import coverage
from benchmarks.gate.decide import decide
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.findings import Findings
from benchmarks.gate.guards import Guards, first_block
from benchmarks.gate.interval import RunningInterval
from benchmarks.gate.paired_runs import ARMS, Arm, PairedRuns, results_of
from benchmarks.gate.regression import FRESH_RUNS, FreshRuns
from benchmarks.gate.verdict import EvidencePoint, PairResult, Verdict
from benchmarks.schedule import arm_request, in_planned_order, planned_requests, running, task_of
from benchmarks.task import Task
from harness.errors import BrokenSystemError
from harness.runs import Executor, RunRequest, RunResult

OnEvidence = Callable[[EvidencePoint, PairResult], None]


@dataclass(frozen=True, kw_only=True)
class _Course:
    """The consumed prefix: a value, so that a verdict can depend on nothing else."""

    evidence: Evidence
    interval: RunningInterval
    points: tuple[EvidencePoint, ...] = ()
    pairs: tuple[PairedRuns, ...] = ()

    @classmethod
    def start(cls, plan: ExperimentPlan) -> _Course:
        """Before the first bet of this part: with everything that earlier parts have seen."""
        evidence = plan.start
        interval = RunningInterval.start(evidence.better.bets, plan.threshold, null=evidence.better.null)
        return cls(
            evidence=evidence, interval=plan.carried.onto_interval(interval), points=plan.carried.points
        )

    def after(self, pairs: Sequence[PairedRuns]) -> _Course:
        """One more bet: the mean difference of its pairs."""
        difference = sum(pair.result().difference for pair in pairs) / len(pairs)
        evidence, interval = self.evidence.after(difference), self.interval.after(difference)
        point = EvidencePoint(
            bet=len(self.points),
            group=pairs[0].group,
            difference=difference,
            wealth=evidence.wealth,
            lower_bound=interval.lower,
        )
        return replace(
            self,
            evidence=evidence,
            interval=interval,
            points=(*self.points, point),
            pairs=(*self.pairs, *pairs),
        )


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
    guards = guards or Guards()
    course = _Course.start(plan)
    with running(executor, planned_requests(plan, tasks)) as results:
        for pairs in in_planned_order(plan, results):
            course = course.after(pairs)
            if on_evidence is not None:
                on_evidence(course.points[-1], plan.carried.shifted(pairs[-1].result()))
            if _is_over(plan, course.evidence.stop):
                break
    return decide(_findings(plan, course, guards, tasks=tasks, executor=executor))


def fresh_requests(
    plan: ExperimentPlan, tasks: Mapping[str, Task], suspects: Iterable[str]
) -> Iterable[RunRequest]:
    """Six new runs of each suspect in each arm, with seeds of their own and the arms interleaved."""
    for task in suspects:
        for number in range(FRESH_RUNS):
            seed = hashlib.sha256(f"{plan.id}/fresh/{task}/{number}".encode()).digest()[:4]
            for arm in ARMS:
                yield arm_request(
                    plan,
                    task_of(tasks, task),
                    arm,
                    key=plan.fresh_key(task, number, arm),
                    seed=int.from_bytes(seed, "big") >> 1,
                )


def _is_over(plan: ExperimentPlan, stop: Stop | None) -> bool:
    """A repetition after a drift is run to its end: a part of one pair could show no drift."""
    return stop is not None and not (stop is Stop.REACHED and plan.carried.is_repetition)


def _findings(
    plan: ExperimentPlan, course: _Course, guards: Guards, *, tasks: Mapping[str, Task], executor: Executor
) -> Findings:
    stop = course.evidence.stop or Stop.BUDGET
    carried, seen = plan.carried, _activation(plan, guards, course)
    if plan.question == "safe" or carried.activation == "fired":
        guards = replace(guards, mechanism=Mechanism(kind="other"))

    def rerun(suspects: Sequence[str]) -> Mapping[str, FreshRuns]:
        return _rerun(plan, tasks, executor, suspects)

    return Findings(
        claim=plan.claim,
        planned_bets=plan.bets,
        planned_effect=plan.effect,
        stop=stop,
        evidence=course.evidence,
        interval=(course.interval.lower, course.interval.upper),
        points=course.points,
        pairs=(*carried.pairs, *(carried.shifted(pair) for pair in results_of(course.pairs))),
        activation=seen,
        costs=cost_ratios(course.pairs),
        coverage=coverage((*carried.pairs, *results_of(course.pairs))),
        block=first_block(guards, course.pairs, rerun, earlier=carried.pairs)
        if stop is Stop.REACHED
        else None,
        is_noise_check=plan.a_a,
        question=plan.question,
        margin=plan.margin,
        is_forced=plan.forced,
        carried=len(carried.points),
    )


def _activation(plan: ExperimentPlan, guards: Guards, course: _Course) -> Activation:
    """One answer for all parts: fired once is fired."""
    return "fired" if plan.carried.activation == "fired" else activation(guards.mechanism, course.pairs)


def _rerun(
    plan: ExperimentPlan, tasks: Mapping[str, Task], executor: Executor, suspects: Sequence[str]
) -> Mapping[str, FreshRuns]:
    with running(executor, fresh_requests(plan, tasks, suspects)) as results:
        finished: dict[str, RunResult] = {result.key: result for result in results}
    return {task: {arm: _fresh(plan, task, arm, finished) for arm in ARMS} for task in suspects}


def _fresh(
    plan: ExperimentPlan, task: str, arm: Arm, finished: Mapping[str, RunResult]
) -> tuple[RunResult, ...]:
    keys = [plan.fresh_key(task, number, arm) for number in range(FRESH_RUNS)]
    missing = [key for key in keys if key not in finished]
    if missing:
        raise BrokenSystemError(f"the executor ended without a result for run {missing[0]}")
    return tuple(finished[key] for key in keys)
