"""Candidates measured in one window: its plan and each join are in the ledger before anything of them runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from benchmarks.errors import GainTooSmallError
from benchmarks.experiment_plan import Design, ExperimentPlan
from benchmarks.gate.evidence import Stop
from benchmarks.gate.verdict import EvidencePoint
from benchmarks.window import Member, Vacancy, run_window
from benchmarks.window_plan import WindowPlan, plan_member, plan_window
from flywheel.measuring import (
    Measured,
    Measurement,
    Subject,
    charged_plan,
    guards_of,
    look_at,
    measured_in,
    record_verdict,
    reliable_before,
)
from flywheel.project import Project
from flywheel.records import mapping
from harness.ledger import Entry
from harness.run_store import stored_runs


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A candidate that may join; ``largest`` is the most that it can gain."""

    subject: Subject
    largest: float = 1.0


class Line(Protocol):
    """The candidates that wait for a seat."""

    def next(self, seated: int, stops: Mapping[str, Stop]) -> Entrant | None:
        """The next one, or ``None`` where nobody else may join; ``stops`` by experiment are all that are known."""
        ...

    def refuse(self, entrant: Entrant, error: GainTooSmallError) -> None:
        """Hear that an entrant cannot gain enough to be seen; nothing was charged."""
        ...


@dataclass(frozen=True, kw_only=True)
class KnownWindow:
    """A window in the ledger with its experiments, by the names that were charged, in the order of their joining."""

    key: str
    plan: WindowPlan
    experiments: Mapping[str, Entry]

    def verdicts(self, project: Project) -> Mapping[str, Measured] | None:
        """What came of it by name, once all of it has ended."""
        found: dict[str, Measured] = {}
        for name, entry in self.experiments.items():
            verdict = project.ledger.get("verdict", str(mapping(entry.body["plan"])["id"]))
            if verdict is None:
                return None
            found[name] = measured_in(verdict)
        return found or None


def known_window(project: Project, key: str) -> KnownWindow | None:
    """The window of that key, if the ledger has it."""
    entry = project.ledger.get("window", key)
    if entry is None:
        return None
    plan = WindowPlan.from_record(
        mapping(entry.body["plan"]), control=project.repository.checkout(str(entry.body["control"]))
    )
    experiments = {
        str(found.body["name"]): found
        for found in project.ledger.entries("experiment")
        if mapping(mapping(found.body["plan"]).get("place")).get("window") == plan.id and "name" in found.body
    }
    return KnownWindow(key=key, plan=plan, experiments=experiments)


def measure_together(
    measurement: Measurement, *, key: str, control: str, seats: int, line: Line
) -> Mapping[str, Measured]:
    """Measure the candidates of a line, ``seats`` at a time, against one control; what came of each, by name.

    A window that was cut off goes on: who joined is read from the ledger, and runs that are stored are not paid for again.
    Raises ``CampaignError`` when the campaign's candidates are spent.
    """
    project = measurement.project
    window = _opened(measurement, key, control)
    known = known_window(project, key)
    experiments = known.experiments if known else {}
    reliable = reliable_before(measurement, {window.id, *map(_plan_id, experiments.values())})
    course = _Seating(
        measurement=measurement,
        window=window,
        line=line,
        reliable=reliable,
        members=[_member_of(measurement, entry, reliable) for entry in experiments.values()],
        names=list(experiments),
    )
    begun = _begun(project, window)
    while not begun and len(course.members) < seats and course.seat(0, {}):
        pass
    measurement.publish()
    verdicts = run_window(
        window,
        list(course.members),
        tasks={task.id: task for task in measurement.tasks},
        executor=measurement.executor,
        join=course.join,
        begun=begun,
        on_evidence=course.follow,
    )
    shared = len(course.members) > 1
    entries = {
        name: record_verdict(measurement, name, member.plan, verdicts[member.plan.id], shared=shared)
        for name, member in zip(course.names, course.members, strict=True)
    }
    measurement.publish()
    return {name: measured_in(entry) for name, entry in entries.items()}


@dataclass(kw_only=True)
class _Seating:
    """Who sits in a window, and who takes a seat next."""

    measurement: Measurement
    window: WindowPlan
    line: Line
    reliable: frozenset[str]
    members: list[Member] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def join(self, vacancy: Vacancy) -> Member | None:
        """Seat the next in the line."""
        member = self.seat(vacancy.position, vacancy.stops)
        self.measurement.publish()
        return member

    def seat(self, begins: int, stops: Mapping[str, Stop]) -> Member | None:
        """The next of the line that can decide: charged, planned and looked at in the ledger."""
        while (entrant := self.line.next(len(self.members), stops)) is not None:
            if self._is_seated(entrant.subject):
                continue
            try:
                plan = self._planned(entrant, begins)
            except GainTooSmallError as error:
                self.line.refuse(entrant, error)
                continue
            member = Member(
                plan=plan, guards=guards_of(self.measurement, entrant.subject.mechanism, self.reliable)
            )
            self.members.append(member)
            self.names.append(entrant.subject.name)
            return member
        return None

    def follow(self, plan: ExperimentPlan, point: EvidencePoint) -> None:
        """Tell of a bet."""
        name = next(
            name for name, member in zip(self.names, self.members, strict=True) if member.plan.id == plan.id
        )
        detail = f"{name}: evidence {point.wealth:.3g} of {plan.threshold:.3g}"
        self.measurement.observer.progress(point.bet + 1, plan.bets, detail)

    def _is_seated(self, subject: Subject) -> bool:
        """Whether the same harness sits here already, by whatever name."""
        tree = self.measurement.project.repository.tree_hash(subject.candidate)
        return tree in {member.plan.candidate.tree for member in self.members}

    def _planned(self, entrant: Entrant, begins: int) -> ExperimentPlan:
        project, subject = self.measurement.project, entrant.subject
        measurement = replace(self.measurement, largest=entrant.largest)
        candidate = project.repository.checkout(subject.candidate)
        plan = charged_plan(
            measurement,
            subject.name,
            lambda design: plan_member(self.window, design, candidate=candidate, begins=begins),
        )
        body: dict[str, Any] = {
            "plan": plan.to_record(),
            "control": subject.control,
            "candidate": subject.candidate,
            "name": subject.name,
            "mechanism": subject.mechanism,
        }
        project.ledger.append("experiment", f"{measurement.campaign.id}/{subject.name}", body)
        look_at(measurement, subject.name, plan)
        return plan


def _opened(measurement: Measurement, key: str, control: str) -> WindowPlan:
    """The window of that key, written down now if it is new."""
    project = measurement.project
    if (known := known_window(project, key)) is not None:
        return known.plan
    policy = measurement.policy
    window = plan_window(
        Design(
            suite=measurement.suite.name,
            seed=measurement.campaign.seed,
            threshold=1.0,
            claim=measurement.claim or policy.claim,
            repeats=measurement.repeats,
            in_flight=measurement.in_flight,
        ),
        name=key,
        control=project.repository.checkout(control),
        tasks=measurement.tasks,
    )
    body: dict[str, Any] = {
        "campaign": measurement.campaign.id,
        "control": control,
        "plan": window.to_record(),
    }
    project.ledger.append("window", key, body)
    return window


def _member_of(measurement: Measurement, entry: Entry, reliable: frozenset[str]) -> Member:
    """A member as the ledger has it; its look may have been cut off."""
    repository = measurement.project.repository
    plan = ExperimentPlan.from_record(
        mapping(entry.body["plan"]),
        control=repository.checkout(str(entry.body["control"])),
        candidate=repository.checkout(str(entry.body["candidate"])),
    )
    look_at(measurement, str(entry.body["name"]), plan)
    return Member(plan=plan, guards=guards_of(measurement, str(entry.body["mechanism"]), reliable))


def _begun(project: Project, window: WindowPlan) -> int:
    """The first position of which no run of the control has been started, ended or not."""
    begun = stored_runs(project.segments).attempts if project.segments.is_dir() else {}
    positions = (int(key.split("/")[1]) for key in begun if key.startswith(f"{window.id}/"))
    return 1 + max(positions, default=-1)


def _plan_id(entry: Entry) -> str:
    return str(mapping(entry.body["plan"])["id"])
