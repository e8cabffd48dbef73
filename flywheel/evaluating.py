"""Measuring any commit of a harness repository against another, outside the loop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.gate.campaign import Campaign
from benchmarks.gate.verdict import Claim, Verdict
from benchmarks.splits import tasks_of
from benchmarks.task import Split, Suite, Task
from flywheel.campaigns import OpenCampaign, budget, known_campaign, open_campaign
from flywheel.difference import mechanism_between
from flywheel.errors import FlywheelError
from flywheel.measuring import Measured, Measurement, Subject, measure
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.records import mapping, verdict_record
from flywheel.shared_ledger import Sharing, share_ledger
from flywheel.suites import open_suite
from harness.errors import ManifestError
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest
from harness.policy import Policy
from harness.repository import HarnessRepository
from harness.run_store import finished_runs
from harness.runs import RunResult
from traces.terminal import printable


@dataclass(frozen=True, kw_only=True)
class Question:
    """Is ``candidate`` better than ``against`` on the gate split of ``suite``? Commits, branches or tags.

    ``budget`` is in runs of both arms together; ``None`` is one pair for each task that the claim asks for.
    ``local_ledger`` keeps the ledger in this clone, whatever remote there is.
    """

    candidate: str
    against: str
    suite: str
    seed: int = 1
    budget: int | None = None
    in_flight: int | None = None
    trust_code: bool = False
    local_ledger: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A question with its words looked up: both commits, and the control's policy."""

    question: Question
    subject: Subject
    policy: Policy

    @property
    def claim(self) -> Claim:
        """What the answer will speak for."""
        return self.policy.evaluate_claim


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is planned: pairs of each group or task, and where the order is cut."""

    repeats: int
    max_bets: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The verdict with all that a report says of it.

    ``planned_runs`` is the budget that the experiment was begun with, ``campaign`` the error budget as it now
    stands, ``runs`` what is known here of the pairs' runs, by run id. ``simulated`` is set where no real model
    was asked.
    """

    question: Question
    measured: Measured
    planned_runs: int
    campaign_id: str
    campaign: Campaign
    sharing: Sharing
    runs: Mapping[str, RunResult] = field(default_factory=dict)
    simulated: bool = False

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.measured.verdict


def evaluate(project: Project, question: Question, observer: Observer) -> Answer:
    """Answer by an experiment; the same question asked again is answered from the ledger.

    Raises ``FlywheelError`` where both are the same harness or the campaign has another seed, and
    ``ManifestError`` where one does not load, all of it before the suite is opened.
    """
    comparison = compare(project, question)
    shared = share_ledger(project, local=question.local_ledger, observer=observer)
    shared.publish()
    known_campaign(project, suite=question.suite, seed=question.seed)
    suite = open_suite(question.suite, seed=question.seed, observer=observer, held_out=True)
    size, tasks = sized(comparison, suite)
    campaign = open_campaign(project, suite=question.suite, seed=question.seed, policy=comparison.policy)
    observer.stage(f"measure {comparison.subject.candidate[:10]} against {comparison.subject.control[:10]}")
    in_flight = question.in_flight or comparison.policy.in_flight
    with open_executor(project, in_flight=in_flight, trust_code=question.trust_code) as executor:
        measurement = Measurement(
            project=project,
            campaign=campaign,
            policy=comparison.policy,
            suite=suite,
            tasks=tasks,
            executor=executor,
            in_flight=in_flight,
            observer=observer,
            claim=comparison.claim,
            repeats=size.repeats,
            max_bets=size.max_bets,
            publish=shared.publish,
        )
        measured = measure(measurement, comparison.subject)
    return _answer(project, comparison, campaign, measured, shared.sharing, observer)


def compare(project: Project, question: Question) -> Comparison:
    """Look up what the question names; nothing is written.

    Raises ``FlywheelError`` where both are the same harness, ``ManifestError`` where one does not load.
    """
    repository = project.repository
    control, candidate = repository.resolve(question.against), repository.resolve(question.candidate)
    trees = repository.tree_hash(control), repository.tree_hash(candidate)
    if trees[0] == trees[1]:
        raise FlywheelError(
            f"{question.candidate} and {question.against} are the same harness (tree {trees[0][:10]}); nothing to measure"
        )
    before = _loaded(repository, control, f"the control {question.against}")
    after = _loaded(repository, candidate, f"the candidate {question.candidate}")
    return Comparison(
        question=question,
        subject=Subject(
            name=f"{trees[1][:12]}-against-{trees[0][:12]}",
            control=control,
            candidate=candidate,
            mechanism=mechanism_between(before, after),
        ),
        policy=project.policy(control),
    )


def sized(comparison: Comparison, suite: Suite) -> tuple[Size, tuple[Task, ...]]:
    """The tasks that will be run and how often, within the question's budget.

    Claim ``groups``: other tasks of the same groups where the budget allows more than one pair each. Claim
    ``suite``: more rounds over all tasks. Raises ``SuiteError`` where the suite has no gate split.
    """
    question = comparison.question
    tasks = tasks_of(suite, Split.GATE, per_group=1, seed=question.seed)
    size = planned_size(len(tasks), budget=question.budget, claim=comparison.claim)
    if comparison.claim == "groups" and size.repeats > 1:
        tasks = tasks_of(suite, Split.GATE, per_group=size.repeats, seed=question.seed)
    return size, tasks


def planned_size(units: int, *, budget: int | None, claim: Claim) -> Size:
    """How many pairs of each of ``units`` groups or tasks a budget of runs pays for, never more than it."""
    if budget is None:
        return Size(repeats=1)
    pairs = budget // 2
    if claim == "groups":
        return Size(repeats=max(1, pairs // units), max_bets=pairs if pairs < units else None)
    return Size(repeats=math.ceil(pairs / units), max_bets=pairs)


def question_document(answer: Answer) -> dict[str, Any]:
    """The answer as JSON; shares are within 0..1."""
    measured = answer.measured
    return {
        "experiment": measured.experiment,
        "control": measured.control,
        "candidate": measured.candidate,
        "suite": answer.question.suite,
        "decision": measured.verdict.decision.value,
        "reason": measured.verdict.reason,
        "runs": {"planned": answer.planned_runs, "taken": 2 * len(measured.verdict.pairs)},
        "campaign": {
            "id": answer.campaign_id,
            "candidates": answer.campaign.candidates,
            "used": len(answer.campaign.charges),
            "error_budget": answer.campaign.error_budget,
            "error_left": answer.campaign.available,
        },
        "ledger": answer.sharing,
        "simulated": answer.simulated,
        "verdict": verdict_record(measured.verdict),
    }


def verdict_text(verdict: Verdict) -> str:
    """The verdict for a terminal."""
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
    return printable("\n".join([*lines, verdict.more] if verdict.more else lines))


def _loaded(repository: HarnessRepository, commit: str, name: str) -> Manifest:
    """The manifest of a commit; raises ``ManifestError`` that says which of the two does not load."""
    try:
        return parse_manifest(repository.tree(commit))
    except ManifestError as error:
        raise ManifestError(f"{name} ({commit[:10]}) does not load: {error}") from None


def _answer(
    project: Project,
    comparison: Comparison,
    campaign: OpenCampaign,
    measured: Measured,
    sharing: Sharing,
    observer: Observer,
) -> Answer:
    entry = project.ledger.get("experiment", f"{campaign.id}/{comparison.subject.name}")
    pairs = mapping(entry.body["plan"])["pairs"] if entry else ()
    wanted = comparison.question.budget
    if wanted is not None and 2 * len(pairs) > wanted:
        observer.note(f"the experiment was planned before, with {2 * len(pairs)} runs; that plan holds")
    shown = {name for pair in measured.verdict.pairs for name in (pair.control_run, pair.candidate_run)}
    found = finished_runs(project.segments).values() if project.segments.is_dir() else ()
    return Answer(
        question=comparison.question,
        measured=measured,
        planned_runs=2 * len(pairs),
        campaign_id=campaign.id,
        campaign=budget(project, campaign),
        sharing=sharing,
        runs={run.run_id: run for run in found if run.run_id in shown},
        simulated=project.manifest(measured.control).model.startswith("simulated:"),
    )
