"""One candidate measured in a campaign: charge, plan, look, experiment, verdict, each in the ledger before the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan, continue_experiment, plan_experiment
from benchmarks.gate.activation import parse_mechanism
from benchmarks.gate.cost_guard import CostLimits
from benchmarks.gate.guards import Guards
from benchmarks.gate.paired_runs import ARMS
from benchmarks.gate.regression import FRESH_RUNS, EarlierRun, reliable_tasks
from benchmarks.gate.verdict import Claim, EvidencePoint, PairResult, Question, Verdict
from benchmarks.task import Split, Suite, Task
from flywheel.campaigns import OpenCampaign, budget, charge
from flywheel.errors import FlywheelError
from flywheel.looks import record_look
from flywheel.mine_index import stored_runs
from flywheel.observer import Observer
from flywheel.project import Project
from flywheel.records import mapping, verdict_of, verdict_record
from harness.ledger import Entry
from harness.policy import Policy
from harness.runs import Executor

_UNCHANGED = ("control", "calibration")  # arms in which a current harness ran as it was


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured: a candidate commit against a control commit. ``name`` is charged to the campaign.

    ``leaks`` are the rules of the leak lint that the candidate breaks: it is measured, and never promoted.
    """

    name: str
    control: str
    candidate: str
    mechanism: str
    leaks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Where and with what it is measured.

    ``claim`` is the policy's where it is not given, ``repeats``, ``max_bets``, ``question`` and ``margin`` are those
    of ``Design``, and so are ``discordance``, ``largest`` (what the candidate can gain at most) and ``force``. ``go_on``
    continues an inconclusive experiment with the wealth it has. ``publish`` is called when the look is written and before
    the first run, and after the verdict: what others may have to know is then in the ledger.
    """

    project: Project
    campaign: OpenCampaign
    policy: Policy
    suite: Suite
    tasks: tuple[Task, ...]
    executor: Executor
    in_flight: int
    observer: Observer
    claim: Claim | None = None
    repeats: int = 1
    max_bets: int | None = None
    question: Question = "better"
    margin: float = 0.0
    discordance: float | None = None
    largest: float = 1.0
    force: bool = False
    go_on: bool = False
    publish: Callable[[], None] = lambda: None

    def designed(self, design: Design) -> Measurement:
        """The same with everything that a design says."""
        return replace(
            self,
            claim=design.claim,
            repeats=design.repeats,
            max_bets=design.max_bets,
            in_flight=design.in_flight,
            question=design.question,
            margin=design.margin,
            discordance=design.discordance,
            largest=design.largest_possible_effect,
            force=design.force,
        )


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The verdict with the experiment's id and the candidate commit that was really measured."""

    experiment: str
    control: str
    candidate: str
    verdict: Verdict


def measure(measurement: Measurement, subject: Subject) -> Measured:
    """Measure once; a subject whose verdict is in the ledger is answered from there.

    Where two jobs ask the same at once, the plan and the verdict of the first stand for both. Raises ``CampaignError``
    when the campaign's candidates are spent and ``PlanError`` when no effect that is possible could be shown.
    """
    ledger = measurement.project.ledger
    plan = _plan(measurement, subject)
    entry = ledger.get("verdict", plan.id)
    if entry is None:
        look_at(measurement, subject.name, plan)
        measurement.publish()
        plan = _last_plan(measurement, subject) or plan
        verdict = _carry_out(measurement, subject, plan)
        measurement.publish()
        if ledger.get("verdict", plan.id) is None:
            shared = plan.place is not None
            record_verdict(measurement, subject.name, plan, verdict, shared=shared, leaks=subject.leaks)
            measurement.publish()
        entry = ledger.get("verdict", plan.id)
    if entry is None:
        raise FlywheelError(f"the verdict on {subject.name} did not reach the ledger; repeat the command")
    return measured_in(entry)


def measured_in(entry: Entry) -> Measured:
    """What a verdict's entry in the ledger says."""
    return Measured(
        experiment=entry.key,
        control=str(entry.body["control"]),
        candidate=str(entry.body["candidate"]),
        verdict=verdict_of(mapping(entry.body["verdict"])),
    )


def record_verdict(
    measurement: Measurement,
    name: str,
    plan: ExperimentPlan,
    verdict: Verdict,
    *,
    shared: bool = False,
    leaks: tuple[str, ...] = (),
) -> Entry:
    """Write a verdict; ``shared`` where another candidate used runs of the same control, also in an earlier part.

    ``leaks`` keep the candidate from being promoted, whatever the verdict is.
    """
    key = f"{measurement.campaign.id}/{name}"
    earlier = (
        measurement.project.ledger.get("verdict", _plan_id(part)) for part in parts(measurement.project, key)
    )
    body: dict[str, Any] = {
        "campaign": measurement.campaign.id,
        "budgeted_as": name,
        "proposal": name,
        "control": plan.control.commit,
        "candidate": plan.candidate.commit,
        "verdict": verdict_record(verdict),
    }
    if shared or any(entry is not None and entry.body.get("shared_control") for entry in earlier):
        body["shared_control"] = True
    if leaks:
        body["leaks"] = list(leaks)
    return measurement.project.ledger.append("verdict", plan.id, body)


def parts(project: Project, key: str) -> tuple[Entry, ...]:
    """The experiment's entries in the ledger: the first plan, and one for each time that it was continued."""
    found: list[Entry] = []
    while (entry := project.ledger.get("experiment", _part(key, len(found) + 1))) is not None:
        found.append(entry)
    return tuple(found)


def _plan(measurement: Measurement, subject: Subject) -> ExperimentPlan:
    """The last plan in the ledger, or a new one, charged and written there before anything runs."""
    project = measurement.project
    key = f"{measurement.campaign.id}/{subject.name}"
    known = parts(project, key)
    if not known:
        if measurement.go_on:
            raise FlywheelError(
                "there is no such experiment to continue yet; leave --continue out to begin it"
            )
        return _recorded(measurement, subject, key, _first(measurement, subject))
    plan = stored_plan(project, known[-1])
    verdict = project.ledger.get("verdict", plan.id)
    if not measurement.go_on or verdict is None:
        return plan
    found = verdict_of(mapping(verdict.body["verdict"]))
    more = continue_experiment(
        plan, found, tasks=measurement.tasks, repeats=measurement.repeats, force=measurement.force
    )
    return _recorded(measurement, subject, _part(key, len(known) + 1), more)


def _last_plan(measurement: Measurement, subject: Subject) -> ExperimentPlan | None:
    """The last plan of a subject in the ledger, which may be another job's."""
    known = parts(measurement.project, f"{measurement.campaign.id}/{subject.name}")
    return stored_plan(measurement.project, known[-1]) if known else None


def stored_plan(project: Project, part: Entry) -> ExperimentPlan:
    """The plan that an experiment's entry holds, on this repository's checkouts."""
    return ExperimentPlan.from_record(
        mapping(part.body["plan"]),
        control=project.repository.checkout(str(part.body["control"])),
        candidate=project.repository.checkout(str(part.body["candidate"])),
    )


def _first(measurement: Measurement, subject: Subject) -> ExperimentPlan:
    """The plan of a subject that was not measured before."""
    repository = measurement.project.repository

    def make(design: Design) -> ExperimentPlan:
        return plan_experiment(
            design,
            control=repository.checkout(subject.control),
            candidate=repository.checkout(subject.candidate),
            tasks=measurement.tasks,
        )

    return charged_plan(measurement, subject.name, make)


def charged_plan(
    measurement: Measurement, name: str, make: Callable[[Design], ExperimentPlan]
) -> ExperimentPlan:
    """Charge a candidate whose plan can decide, and plan with the share that it then holds.

    Another job may have been charged at the same moment: what the shared ledger says after the charge was published is
    what holds. Raises ``CampaignError`` where the last share went to another.
    """
    plan = make(design_of(measurement, name))
    charge(measurement.project, measurement.campaign, name)
    measurement.publish()
    held = design_of(measurement, name)
    return plan if held.threshold == plan.threshold else make(held)


def design_of(measurement: Measurement, name: str) -> Design:
    """How the experiment of a candidate is made that would be charged now; raises ``CampaignError``."""
    policy = measurement.policy
    held = budget(measurement.project, measurement.campaign).charge(name).of(name)
    return Design(
        suite=measurement.suite.name,
        seed=measurement.campaign.seed,
        threshold=held.threshold,
        claim=measurement.claim or policy.claim,
        effect=policy.planned_effect,
        repeats=measurement.repeats,
        max_bets=measurement.max_bets,
        in_flight=measurement.in_flight,
        question=measurement.question,
        margin=measurement.margin,
        discordance=measurement.discordance,
        largest_possible_effect=measurement.largest,
        force=measurement.force,
    )


def _recorded(measurement: Measurement, subject: Subject, key: str, plan: ExperimentPlan) -> ExperimentPlan:
    body: dict[str, Any] = {
        "plan": plan.to_record(),
        "control": subject.control,
        "candidate": subject.candidate,
    }
    measurement.project.ledger.append("experiment", key, body)
    return plan


def _plan_id(part: Entry) -> str:
    return str(mapping(part.body["plan"])["id"])


def _part(key: str, number: int) -> str:
    return key if number == 1 else f"{key}/part-{number}"


def _carry_out(measurement: Measurement, subject: Subject, plan: ExperimentPlan) -> Verdict:
    guards = guards_of(
        measurement,
        subject.mechanism,
        reliable_before(measurement, {plan.id, *([plan.place.window] if plan.place else [])}),
    )

    def follow(point: EvidencePoint, _pair: PairResult) -> None:
        detail = f"evidence {point.wealth:.3g} of {plan.threshold:.3g}"
        measurement.observer.progress(point.bet + 1, plan.bets, detail)

    return run_experiment(
        plan,
        tasks={task.id: task for task in measurement.tasks},
        executor=measurement.executor,
        guards=guards,
        on_evidence=follow,
    )


def look_at(measurement: Measurement, name: str, plan: ExperimentPlan) -> None:
    """Write the look of an experiment, the runs of a regression veto included."""
    record_look(
        measurement.project.ledger,
        plan.id,
        split=Split.GATE,
        groups=plan.groups,
        run_keys=[*plan.run_keys(), *_fresh_keys(plan)],
        candidate=plan.candidate.commit,
        why=f"experiment on {name}",
        suite=plan.suite,
    )


def guards_of(measurement: Measurement, mechanism: str, reliable: frozenset[str]) -> Guards:
    """The guards' settings for a change of this mechanism."""
    costs = _cost_limits(measurement.policy)
    return Guards(mechanism=parse_mechanism(mechanism), costs=costs, reliable=reliable)


def reliable_before(measurement: Measurement, present: Collection[str]) -> frozenset[str]:
    """Tasks that the control's lineage always passed in earlier experiments and calibrations.

    ``present`` are the experiments that go on now.
    """
    tasks = {task.id for task in measurement.tasks}
    runs = [
        run
        for run in stored_runs(measurement.project)
        if run.task in tasks and run.arm in _UNCHANGED and run.experiment not in present
    ]
    runs.sort(key=lambda run: run.root.start_ns if run.root else 0)
    return reliable_tasks(EarlierRun(task=run.task, outcome=run.outcome) for run in runs)


def _fresh_keys(plan: ExperimentPlan) -> Iterator[str]:
    """Keys of the runs that the regression veto may ask for; the look covers them beforehand."""
    for task in sorted({pair.task for pair in plan.pairs}):
        for number in range(FRESH_RUNS):
            for arm in ARMS:
                yield plan.fresh_key(task, number, arm)


def _cost_limits(policy: Policy) -> CostLimits:
    return CostLimits(
        tokens=policy.cost_guard.tokens, seconds=policy.cost_guard.seconds, money=policy.cost_guard.money
    )
