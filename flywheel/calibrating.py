"""Running a harness against itself: the pool of runs, what the gate makes of it, and the ledger entry."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from benchmarks.splits import tasks_of
from benchmarks.task import Split, Suite, Task
from flywheel.batch import Batch, run_batch
from flywheel.calibration import KIND, Calibration, calibration_of, count_outcomes
from flywheel.campaigns import ErrorBudget, budget_or_new, known_campaign
from flywheel.errors import FlywheelError
from flywheel.live_noise import LiveCheck, LiveOrder, live_checks
from flywheel.looks import record_look
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.relabelling import EXPERIMENTS, NOMINAL, Dealing, all_false_promotions
from flywheel.run_cost import cost_of_results
from flywheel.shared_ledger import SharedLedger, share_ledger
from flywheel.suites import open_suite
from harness.policy import Policy
from harness.run_store import finished_runs
from harness.runs import Checkout, Executor, RunResult

Clock = Callable[[], float]


class OpensExecutor(Protocol):
    """Opens what carries out the runs; ``open_executor`` is one."""

    def __call__(
        self, project: Project, *, in_flight: int, trust_code: bool = False
    ) -> AbstractContextManager[Executor]:
        """An executor with so many runs in flight, closed at the end of the ``with``."""
        ...


@dataclass(frozen=True, kw_only=True)
class CalibrationOrder:
    """What ``flywheel calibrate`` was asked for.

    ``runs`` are those of each task at each number in flight, ``per_group`` the tasks of each group, ``live`` the
    whole A/A experiments, ``experiments`` those dealt from the pool. ``again`` measures anew what was measured, and
    ``local_ledger`` keeps looks and results in this clone, whatever remote there is.
    """

    suite: str
    split: Split = Split.GATE
    runs: int = 6
    per_group: int = 1
    in_flight: tuple[int, ...] = ()
    live: int = 0
    experiments: int = EXPERIMENTS
    seed: int = 1
    again: bool = False
    trust_code: bool = False
    local_ledger: bool = False


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """The calibrations, one for each number in flight, the live experiments, and the looks that they add to.

    ``looks`` counts the recorded looks at these groups, this one among them; 0 on ``mine``, which costs none.
    """

    calibrations: tuple[Calibration, ...]
    live: tuple[LiveCheck, ...] = ()
    looks: int = 0


@dataclass(frozen=True, kw_only=True)
class _Work:
    """What all numbers in flight share."""

    project: Project
    order: CalibrationOrder
    suite: Suite
    tasks: tuple[Task, ...]
    checkout: Checkout
    policy: Policy
    epoch: str
    threshold: float
    observer: Observer
    clock: Clock
    opens: OpensExecutor
    shared: SharedLedger

    def publish(self) -> None:
        """Hand looks at the gate, and what came of them, to the repository that this one was cloned from."""
        if self.order.split is not Split.MINE:
            self.shared.publish()


def calibrate(
    project: Project,
    order: CalibrationOrder,
    observer: Observer,
    *,
    clock: Clock = time.monotonic,
    opens: OpensExecutor = open_executor,
) -> Calibrated:
    """Run the current harness against itself, or read back what was measured; ``clock`` gives real seconds.

    On ``gate`` it is a look and recorded before the first run. A killed call goes on where it stood. No campaign is
    charged and nothing can be promoted. Raises ``FlywheelError`` for the sealed split, for another seed than
    the campaign's, and where all runs ended before their first model call.
    """
    if order.split is Split.SEALED:
        raise FlywheelError(
            "the sealed split is opened once, for the end: calibrate on gate, or with --split mine"
        )
    work = _work(project, order, observer, clock, opens)
    settings = order.in_flight or (work.policy.in_flight,)
    found = tuple(_measured(work, in_flight) for in_flight in dict.fromkeys(settings))
    live = _live(work, settings[0]) if order.live else ()
    return Calibrated(calibrations=found, live=live, looks=_looks(project, order.split, work.tasks))


def _work(
    project: Project, order: CalibrationOrder, observer: Observer, clock: Clock, opens: OpensExecutor
) -> _Work:
    shared = share_ledger(project, local=order.local_ledger, observer=observer)
    if order.split is not Split.MINE:
        shared.publish()  # what others looked at and measured is known before anything is run
    project.manifest()  # a harness that does not load is said so before anything runs
    policy = project.policy()
    opened = known_campaign(project, suite=order.suite, seed=order.seed)
    campaign = budget_or_new(project, opened, policy)
    suite = open_suite(
        order.suite, seed=order.seed, observer=observer, held_out=order.split is Split.GATE, project=project
    )
    return _Work(
        project=project,
        order=order,
        suite=suite,
        tasks=tasks_of(suite, order.split, per_group=order.per_group, seed=order.seed),
        checkout=project.repository.checkout(project.repository.current()),
        policy=policy,
        epoch=opened.id if opened else f"{order.suite}/epoch-1",
        threshold=next_threshold(campaign),
        observer=observer,
        clock=clock,
        opens=opens,
        shared=shared,
    )


def next_threshold(campaign: ErrorBudget) -> float:
    """The wealth that the next candidate of a campaign needs; that of an even share where none is left."""
    if campaign.candidates is not None and campaign.is_spent:
        return campaign.candidates / campaign.error_budget
    return campaign.charge("").of("").threshold


def _measured(work: _Work, in_flight: int) -> Calibration:
    """The pool at one number in flight: from the ledger where it is there, else run and recorded."""
    stem = f"{work.epoch}/{work.order.split.value}/{work.checkout.tree[:12]}/in-flight-{in_flight}"
    number = 1
    while (entry := work.project.ledger.get(KIND, f"{stem}/{number}")) is not None:
        known = calibration_of(entry)
        if not work.order.again and _answers(known, work):
            work.observer.note(f"measured before, on {known.date[:10]}: --again measures anew")
            return known
        number += 1
    made = _run(work, f"{stem}/{number}", in_flight)
    ledger = work.project.ledger
    entry = ledger.append(KIND, f"{stem}/{number}", made.to_record())
    work.publish()
    return calibration_of(ledger.get(KIND, entry.key) or entry)  # another clone may have been first


def _answers(known: Calibration, work: _Work) -> bool:
    return known.runs_per_task >= work.order.runs and set(known.groups) == {task.id for task in work.tasks}


def _run(work: _Work, name: str, in_flight: int) -> Calibration:
    """All runs of the pool; the real seconds of one are measured on those that were not there before."""
    order, project = work.order, work.project
    batch = Batch(
        name=f"{order.suite}@{order.seed}/calibrate/{name}",
        suite=work.suite,
        tasks=work.tasks,
        checkout=work.checkout,
        repeats=order.runs,
        seed=order.seed,
        in_flight=in_flight,
        arm="calibration",
    )
    _announce(work, batch)
    work.observer.stage(f"calibrate: {order.runs} runs of {len(work.tasks)} tasks, {in_flight} at a time")
    there = finished_runs(project.segments) if project.segments.is_dir() else {}
    with work.opens(project, in_flight=in_flight, trust_code=order.trust_code) as executor:
        began = work.clock()
        results = run_batch(batch, executor, work.observer)
        elapsed = work.clock() - began
    fresh = sum(result.key not in there for result in results)
    return _calibration(work, batch, results, elapsed * in_flight / fresh if fresh else None)


def _announce(work: _Work, batch: Batch) -> None:
    """The look, before the first run; other tasks or runs of an interrupted call are another one."""
    if work.order.split is Split.MINE:
        return
    keys = [request.key for request in batch.requests()]
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:12]
    record_look(
        work.project.ledger,
        f"{batch.name}/{digest}",
        split=work.order.split,
        groups=[task.group for task in work.tasks],
        run_keys=keys,
        candidate=work.checkout.commit,
        why="calibrate: the harness against itself",
    )
    work.publish()


def _calibration(
    work: _Work, batch: Batch, results: Sequence[RunResult], seconds: float | None
) -> Calibration:
    scores: dict[str, list[float]] = {task.id: [] for task in work.tasks}
    tasks = {request.key: request.assignment.task for request in batch.requests()}
    for result in results:
        if result.outcome.is_scored:
            scores[tasks[result.key]].append(result.score)
    groups = {task.id: task.group for task in work.tasks}
    measured = {task: seen for task, seen in scores.items() if seen}
    return Calibration(
        suite=work.order.suite,
        epoch=work.epoch,
        split=work.order.split.value,
        seed=work.order.seed,
        commit=work.checkout.commit,
        tree=work.checkout.tree,
        isolation=results[0].isolation,
        in_flight=batch.in_flight,
        runs_per_task=work.order.runs,
        scores={task: tuple(seen) for task, seen in scores.items()},
        groups=groups,
        outcomes=count_outcomes(results),
        cost=cost_of_results(results, seconds=seconds),
        relabelled=all_false_promotions(measured, groups, _dealings(work)),
        simulated=work.project.manifest().model.startswith("simulated:"),
    )


def _dealings(work: _Work) -> list[Dealing]:
    """Both claims at a nominal 5 % and at what the campaign's next candidate needs."""
    return [
        Dealing(
            claim=claim,
            effect=work.policy.planned_effect,
            threshold=threshold,
            experiments=work.order.experiments,
            seed=work.order.seed,
        )
        for claim in ("groups", "suite")
        for threshold in dict.fromkeys((1.0 / NOMINAL, work.threshold))
    ]


def _live(work: _Work, in_flight: int) -> tuple[LiveCheck, ...]:
    order = work.order
    with work.opens(work.project, in_flight=in_flight, trust_code=order.trust_code) as executor:
        wanted = LiveOrder(
            project=work.project,
            suite=order.suite,
            split=order.split,
            tasks=work.tasks,
            checkout=work.checkout,
            executor=executor,
            policy=work.policy,
            seed=order.seed,
            in_flight=in_flight,
            count=order.live,
            publish=work.publish,
        )
        return live_checks(wanted, work.observer)


def _looks(project: Project, split: Split, tasks: Sequence[Task]) -> int:
    """How often anybody looked at any of these groups."""
    if split is Split.MINE:
        return 0
    groups = {task.group for task in tasks}
    looks = (entry.body["groups"] for entry in project.ledger.entries("look"))
    return sum(isinstance(found, list | tuple) and not groups.isdisjoint(map(str, found)) for found in looks)
