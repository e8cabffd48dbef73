"""Whole A/A experiments: the harness against itself with other seeds, through the real gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.verdict import Claim, Decision, EvidencePoint, PairResult
from benchmarks.task import Split, Task
from flywheel.looks import record_look
from flywheel.observer import Observer
from flywheel.project import Project
from flywheel.records import mapping
from flywheel.relabelling import NOMINAL
from flywheel.seeds import derive_seed
from harness.policy import Policy
from harness.runs import Checkout, Executor

KIND = "calibration_live"  # not "verdict": nothing that is promoted or charged is read from these


@dataclass(frozen=True, kw_only=True)
class LiveCheck:
    """One of them: what the gate said, after how many pairs, at which wealth; an effect of noise alone."""

    experiment: str
    claim: Claim
    decision: Decision
    effect: float
    wealth: float
    threshold: float
    pairs: int

    @property
    def is_false_promotion(self) -> bool:
        """Whether the gate would have promoted the harness over itself."""
        return self.decision is Decision.PROMOTE

    def to_record(self) -> dict[str, Any]:
        """JSON for the ledger."""
        return {**vars(self), "decision": self.decision.value}


@dataclass(frozen=True, kw_only=True)
class LiveOrder:
    """Which experiments are wanted: ``count`` of them on ``tasks``, needing ``threshold`` (a nominal 5 %).

    ``publish`` is called when a look is written and before its first run, and after the result.
    """

    project: Project
    suite: str
    split: Split
    tasks: tuple[Task, ...]
    checkout: Checkout
    executor: Executor
    policy: Policy
    count: int
    seed: int = 1
    in_flight: int = 2
    threshold: float = 1.0 / NOMINAL
    publish: Callable[[], None] = lambda: None

    def plan(self, number: int) -> ExperimentPlan:
        """The plan of one of them, by the policy's claim for ``optimize``; each has an order and seeds of its own."""
        design = Design(
            suite=self.suite,
            split=self.split,
            seed=derive_seed(self.seed, "live", number),
            threshold=self.threshold,
            claim=self.policy.claim,
            effect=self.policy.planned_effect,
            in_flight=self.in_flight,
            a_a=True,
            force=True,
        )
        return plan_experiment(design, control=self.checkout, candidate=self.checkout, tasks=self.tasks)


def live_checks(order: LiveOrder, observer: Observer) -> tuple[LiveCheck, ...]:
    """Carry them out one after another; what the ledger holds of them is not run again."""
    found = []
    for number in range(1, order.count + 1):
        plan = order.plan(number)
        observer.stage(f"live noise check {number} of {order.count}")
        check = _known(order.project, plan) or _carried_out(order, observer, plan)
        observer.note(
            f"{check.decision.value} after {check.pairs} pairs, {100 * check.effect:+.1f} points of noise"
        )
        found.append(check)
    return tuple(found)


def _known(project: Project, plan: ExperimentPlan) -> LiveCheck | None:
    entry = project.ledger.get(KIND, plan.id)
    if entry is None:
        return None
    fields = dict(mapping(entry.body["check"]))
    return LiveCheck(**{**fields, "decision": Decision(fields["decision"])})


def _carried_out(order: LiveOrder, observer: Observer, plan: ExperimentPlan) -> LiveCheck:
    """The look, the experiment, the entry; a killed one goes on with the runs that it has."""
    ledger = order.project.ledger
    if plan.split is not Split.MINE:
        record_look(
            ledger,
            plan.id,
            split=plan.split,
            groups=plan.groups,
            run_keys=list(plan.run_keys()),
            candidate=plan.candidate.commit,
            why="calibrate: live noise check",
        )
        order.publish()

    def follow(point: EvidencePoint, _pair: PairResult) -> None:
        observer.progress(point.bet + 1, plan.bets, f"evidence {point.wealth:.3g} of {plan.threshold:.3g}")

    tasks = {task.id: task for task in order.tasks}
    verdict = run_experiment(plan, tasks=tasks, executor=order.executor, on_evidence=follow)
    check = LiveCheck(
        experiment=plan.id,
        claim=verdict.claim,
        decision=verdict.decision,
        effect=verdict.effect_at_stop,
        wealth=verdict.wealth,
        threshold=verdict.threshold,
        pairs=len(verdict.pairs),
    )
    ledger.append(KIND, plan.id, {"suite": plan.suite, "split": plan.split.value, "check": check.to_record()})
    order.publish()
    return check
