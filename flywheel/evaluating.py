"""Measuring any commit of a harness repository against another, outside the loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.gate.campaign import Campaign
from benchmarks.gate.verdict import Decision, Verdict
from flywheel.campaigns import OpenCampaign, budget, open_campaign
from flywheel.comparison import Comparison, Question, compare, sized
from flywheel.known_noise import noise_document
from flywheel.measuring import Measured, Measurement, measure, parts
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.records import mapping, verdict_record
from flywheel.shared_ledger import Sharing, share_ledger
from flywheel.suites import open_suite
from harness.run_store import finished_runs
from harness.runs import RunResult
from traces.terminal import printable

__all__ = [
    "Answer",
    "Question",
    "decision_word",
    "evaluate",
    "question_document",
    "verdict_text",
]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The verdict with all that a report says of it.

    ``planned_runs`` is the budget that the experiment was begun with, ``campaign`` the error budget as it now
    stands, ``runs`` what is known here of the pairs' runs, by run id. ``simulated`` is set where no real model
    was asked. ``noise`` is what is known of the suite's (``noise_document``).
    """

    question: Question
    measured: Measured
    planned_runs: int
    campaign_id: str
    campaign: Campaign
    sharing: Sharing
    runs: Mapping[str, RunResult] = field(default_factory=dict)
    simulated: bool = False
    noise: Mapping[str, Any] = field(default_factory=dict)

    @property
    def noise_words(self) -> str:
        """How noisy the suite is known to be, in one line."""
        return (
            str(self.noise.get("words", ""))
            or f"never calibrated: flywheel calibrate --suite {self.question.suite}"
        )

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.measured.verdict


def evaluate(project: Project, question: Question, observer: Observer) -> Answer:
    """Answer by an experiment; the same question asked again is answered from the ledger.

    Raises ``FlywheelError`` where both are the same harness or the campaign has another seed, and
    ``ManifestError`` where one does not load, all of it before the suite is opened.
    """
    compare(project, question)  # what is wrong with the question itself is said first
    shared = share_ledger(project, local=question.local_ledger, observer=observer)
    shared.publish()
    comparison = compare(project, question)
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
            discordance=comparison.discordance(size.repeats),
            question=question.asks,
            margin=comparison.margin,
            go_on=question.go_on,
            publish=shared.publish,
        )
        measured = measure(measurement, comparison.subject)
    return _answer(project, comparison, campaign, measured, shared.sharing, observer)


def question_document(answer: Answer) -> dict[str, Any]:
    """The answer as JSON; shares are within 0..1."""
    measured = answer.measured
    return {
        "experiment": measured.experiment,
        "control": measured.control,
        "candidate": measured.candidate,
        "suite": answer.question.suite,
        "question": measured.verdict.question,
        "margin": measured.verdict.margin,
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
        "noise": dict(answer.noise) or None,
        "verdict": verdict_record(measured.verdict),
    }


def verdict_text(verdict: Verdict) -> str:
    """The verdict for a terminal."""
    low, high = verdict.interval
    flips = [pair for pair in verdict.pairs if pair.difference]
    lines = [
        f"{decision_word(verdict)}: {verdict.reason.removeprefix('safe: ')}",
        (
            f"effect {100 * verdict.effect_at_stop:+.1f} points when it stopped, interval {100 * low:+.1f} … {100 * high:+.1f}, "
            f"{verdict.groups_used} groups, claim {verdict.claim}"
        ),
        *(f"{'fixed ' if pair.difference > 0 else 'broken'} {pair.task}" for pair in flips),
    ]
    return printable("\n".join([*lines, verdict.more] if verdict.more else lines))


def decision_word(verdict: Verdict) -> str:
    """The verdict's word for a reader: a passed question about safety is ``safe`` and promotes nothing."""
    return (
        "safe"
        if verdict.decision is Decision.PROMOTE and verdict.question == "safe"
        else verdict.decision.value
    )


def _answer(
    project: Project,
    comparison: Comparison,
    campaign: OpenCampaign,
    measured: Measured,
    sharing: Sharing,
    observer: Observer,
) -> Answer:
    known = parts(project, f"{campaign.id}/{comparison.subject.name}")
    plan = mapping(known[-1].body["plan"])
    planned = 2 * (len(plan["pairs"]) + len(plan["carried"]["pairs"]))
    wanted = comparison.question.budget
    if wanted is not None and planned > wanted:
        observer.note(f"the experiment was planned before, with {planned} runs; that plan holds")
    shown = {name for pair in measured.verdict.pairs for name in (pair.control_run, pair.candidate_run)}
    found = finished_runs(project.segments).values() if project.segments.is_dir() else ()
    return Answer(
        question=comparison.question,
        measured=measured,
        planned_runs=planned,
        campaign_id=campaign.id,
        campaign=budget(project, campaign),
        sharing=sharing,
        runs={run.run_id: run for run in found if run.run_id in shown},
        simulated=project.manifest(measured.control).model.startswith("simulated:"),
        noise=noise_document(
            project,
            suite=comparison.question.suite,
            control_tree=project.repository.tree_hash(measured.control),
        ),
    )
