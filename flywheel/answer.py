"""A verdict with all that a report says of it, read from the ledger and the stored runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.experiment_confirm import Confirmation
from benchmarks.gate.verdict import Decision, Verdict
from flywheel.campaigns import ErrorBudget, OpenCampaign, budget, campaigns_of
from flywheel.comparison import Question
from flywheel.confirmations import confirmation_document, confirmation_of, known_confirmation
from flywheel.errors import UnknownName
from flywheel.known_noise import noise_document
from flywheel.measuring import Measured, parts
from flywheel.project import Project
from flywheel.records import mapping, verdict_record
from flywheel.shared_ledger import Sharing
from harness.run_store import finished_runs
from harness.runs import RunResult
from traces.terminal import printable


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The verdict with all that a report says of it.

    ``planned_runs`` is the budget that the experiment was begun with, ``campaign`` the error budget as it now
    stands, ``runs`` what is known here of the pairs' runs, by run id. ``forced`` marks an experiment that could not
    decide. ``confirmation`` is what fresh pairs said after the verdict. ``simulated`` is set where no real model was asked.
    ``noise`` is what is known of the suite's (``noise_document``).
    """

    question: Question
    measured: Measured
    planned_runs: int
    campaign_id: str
    campaign: ErrorBudget
    sharing: Sharing
    runs: Mapping[str, RunResult] = field(default_factory=dict)
    simulated: bool = False
    forced: bool = False
    confirmation: Confirmation | None = None
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


def answer_from(project: Project, question: Question, measured: Measured, *, sharing: Sharing) -> Answer:
    """The answer that a verdict of this repository is."""
    campaign = _campaign_of(project, measured)
    plan = _plan_of(project, campaign, measured)
    shown = {name for pair in measured.verdict.pairs for name in (pair.control_run, pair.candidate_run)}
    found = finished_runs(project.segments).values() if project.segments.is_dir() else ()
    confirmed = known_confirmation(project, measured.experiment)
    return Answer(
        question=question,
        measured=measured,
        planned_runs=2 * (len(plan["pairs"]) + len(plan["carried"]["pairs"])),
        campaign_id=campaign.id,
        campaign=budget(project, campaign),
        sharing=sharing,
        runs={run.run_id: run for run in found if run.run_id in shown},
        simulated=project.manifest(measured.control).model.startswith("simulated:"),
        forced=bool(plan["forced"]),
        confirmation=None if confirmed is None else confirmation_of(confirmed),
        noise=noise_document(
            project, suite=campaign.suite, control_tree=project.repository.tree_hash(measured.control)
        ),
    )


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
        "forced": answer.forced,
        "runs": {"planned": answer.planned_runs, "taken": 2 * len(measured.verdict.pairs)},
        "campaign": {
            "id": answer.campaign_id,
            "error_rule": answer.campaign.rule,
            "promise": answer.campaign.promise,
            "candidates": answer.campaign.candidates,
            "used": len(answer.campaign.charges),
            "error_budget": answer.campaign.error_budget,
            "error_left": answer.campaign.available,
        },
        "ledger": answer.sharing,
        "simulated": answer.simulated,
        "noise": dict(answer.noise) or None,
        "verdict": verdict_record(measured.verdict),
        "confirmation": None if answer.confirmation is None else confirmation_document(answer.confirmation),
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


def _campaign_of(project: Project, measured: Measured) -> OpenCampaign:
    entry = project.ledger.get("verdict", measured.experiment)
    known = {campaign.id: campaign for campaign in campaigns_of(project)}
    name = str(entry.body["campaign"]) if entry is not None else ""
    if name not in known:
        raise UnknownName("campaign", name, known)
    return known[name]


def _plan_of(project: Project, campaign: OpenCampaign, measured: Measured) -> Mapping[str, Any]:
    """The plan that the verdict ended, as the ledger has it."""
    entry = project.ledger.get("verdict", measured.experiment)
    name = str(entry.body["budgeted_as"]) if entry is not None else ""
    plans = [mapping(part.body["plan"]) for part in parts(project, f"{campaign.id}/{name}")]
    return next(plan for plan in plans if plan["id"] == measured.experiment)
