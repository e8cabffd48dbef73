"""Measuring any commit of a harness repository against another, outside the loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.gate.verdict import Verdict
from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.campaigns import open_campaign
from flywheel.difference import mechanism_between
from flywheel.errors import FlywheelError
from flywheel.measuring import Measured, Measurement, Subject, measure
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.records import verdict_record
from flywheel.suites import open_suite
from harness.manifest_file import parse_manifest
from harness.repository import HarnessRepository


@dataclass(frozen=True, kw_only=True)
class Question:
    """Is ``candidate`` better than ``against`` on the gate split of ``suite``? Commits, branches or tags."""

    candidate: str
    against: str
    suite: str
    seed: int = 1
    in_flight: int | None = None
    trust_code: bool = False


def evaluate(project: Project, question: Question, observer: Observer) -> Measured:
    """Answer by an experiment; the same question asked again is answered from the ledger.

    Raises ``FlywheelError`` where both are the same harness, ``ManifestError`` where one does not load.
    """
    repository = project.repository
    control, candidate = repository.resolve(question.against), repository.resolve(question.candidate)
    trees = repository.tree_hash(control), repository.tree_hash(candidate)
    if trees[0] == trees[1]:
        raise FlywheelError(
            f"{question.candidate} and {question.against} are the same harness (tree {trees[0][:10]}); nothing to measure"
        )
    for commit in (control, candidate):
        parse_manifest(repository.tree(commit))
    suite = open_suite(question.suite, seed=question.seed, observer=observer)
    policy = project.policy(control)
    in_flight = question.in_flight or policy.in_flight
    campaign = open_campaign(project, suite=question.suite, seed=question.seed, policy=policy)
    observer.stage(f"measure {candidate[:10]} against {control[:10]}")
    with open_executor(project, in_flight=in_flight, trust_code=question.trust_code) as executor:
        measurement = Measurement(
            project=project,
            campaign=campaign,
            policy=policy,
            suite=suite,
            tasks=tasks_of(suite, Split.GATE, per_group=1, seed=question.seed),
            executor=executor,
            in_flight=in_flight,
            observer=observer,
        )
        name = f"{trees[1][:12]}-against-{trees[0][:12]}"
        subject = Subject(
            name=name,
            control=control,
            candidate=candidate,
            mechanism=_mechanism(repository, control, candidate),
        )
        return measure(measurement, subject)


def _mechanism(repository: HarnessRepository, control: str, candidate: str) -> str:
    """What the change is meant to act by, so that the gate can ask whether it fired."""
    return mechanism_between(
        parse_manifest(repository.tree(control)), parse_manifest(repository.tree(candidate))
    )


def question_document(measured: Measured) -> dict[str, Any]:
    """The answer as JSON."""
    return {
        "experiment": measured.experiment,
        "control": measured.control,
        "candidate": measured.candidate,
        "decision": measured.verdict.decision.value,
        "reason": measured.verdict.reason,
        "verdict": verdict_record(measured.verdict),
    }


def verdict_text(verdict: Verdict) -> str:
    """The answer for a terminal."""
    low, high = verdict.interval
    flips = [pair for pair in verdict.pairs if pair.difference]
    lines = [
        f"{verdict.decision.value}: {verdict.reason}",
        (
            f"effect {100 * verdict.effect_at_stop:+.1f} points when it stopped, interval {100 * low:+.1f} … {100 * high:+.1f}, "
            f"{verdict.groups_used} groups, claim {verdict.claim}"
        ),
        *(f"{'fixed ' if pair.difference > 0 else 'broken'} {pair.task}" for pair in flips),
    ]
    return "\n".join([*lines, verdict.more] if verdict.more else lines)
