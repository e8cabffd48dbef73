"""The consumed prefix of an experiment, and how it is concluded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
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
from benchmarks.gate.verdict import EvidencePoint, Verdict
from benchmarks.schedule import arm_request, running, task_of
from benchmarks.task import Task
from harness.errors import BrokenSystemError
from harness.runs import Executor, RunRequest, RunResult


@dataclass(frozen=True, kw_only=True)
class Course:
    """The consumed prefix: a value, so that a verdict can depend on nothing else."""

    plan: ExperimentPlan
    evidence: Evidence
    interval: RunningInterval
    points: tuple[EvidencePoint, ...] = ()
    pairs: tuple[PairedRuns, ...] = ()

    @classmethod
    def start(cls, plan: ExperimentPlan) -> Course:
        """Before the first bet of this part: with everything that earlier parts have seen."""
        evidence = plan.start
        interval = RunningInterval.start(evidence.better.bets, plan.threshold, null=evidence.better.null)
        return cls(
            plan=plan,
            evidence=evidence,
            interval=plan.carried.onto_interval(interval),
            points=plan.carried.points,
        )

    def after(self, pairs: Sequence[PairedRuns]) -> Course:
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

    @property
    def stop(self) -> Stop | None:
        """Why it is over, or ``None`` while it goes on.

        A repetition after a drift is run to its end: a part of one pair could show no drift.
        """
        stop = self.evidence.stop
        if stop is Stop.REACHED and self.plan.carried.is_repetition:
            stop = None
        return stop or (Stop.BUDGET if len(self.pairs) == len(self.plan.pairs) else None)


def conclude(course: Course, guards: Guards, *, tasks: Mapping[str, Task], executor: Executor) -> Verdict:
    """Judge what was consumed; the guards are asked now, and may ask for fresh runs of lost tasks."""

    def rerun(suspects: Sequence[str]) -> Mapping[str, FreshRuns]:
        return _rerun(course.plan, tasks, executor, suspects)

    plan = course.plan
    seen = _activation(plan, guards, course)
    if plan.question == "safe" or plan.carried.activation == "fired":
        guards = replace(guards, mechanism=Mechanism(kind="other"))
    findings = _findings(course, seen)
    if findings.stop is Stop.REACHED:
        block = first_block(guards, course.pairs, rerun, earlier=plan.carried.pairs)
        findings = replace(findings, block=block)
    return decide(findings)


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


def _findings(course: Course, seen: Activation) -> Findings:
    plan, carried = course.plan, course.plan.carried
    return Findings(
        claim=plan.claim,
        planned_bets=plan.bets,
        planned_effect=plan.effect,
        stop=course.evidence.stop or Stop.BUDGET,
        evidence=course.evidence,
        interval=(course.interval.lower, course.interval.upper),
        points=course.points,
        pairs=(*carried.pairs, *(carried.shifted(pair) for pair in results_of(course.pairs))),
        activation=seen,
        costs=cost_ratios(course.pairs),
        coverage=coverage((*carried.pairs, *results_of(course.pairs))),
        is_noise_check=plan.a_a,
        question=plan.question,
        margin=plan.margin,
        is_forced=plan.forced,
        carried=len(carried.points),
    )


def _activation(plan: ExperimentPlan, guards: Guards, course: Course) -> Activation:
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
