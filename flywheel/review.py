"""A proposal laid out for the person who decides on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Verdict
from flywheel.confirmations import confirmations
from flywheel.history import Judged, find_proposal, judged_proposals, refusal, status_of
from flywheel.known_noise import verdict_noise
from flywheel.predictions import Score, hits_words, scores
from flywheel.project import Project
from flywheel.records import proposal_record, verdict_record
from traces.terminal import one_line, printable


def review_document(project: Project, wanted: str) -> dict[str, Any]:
    """Everything about a proposal as JSON; ``verdict`` is ``null`` before it was measured."""
    proposal = find_proposal(project, wanted)
    judged = _latest(project, proposal.id)
    return {
        "proposal": proposal_record(proposal),
        "status": status_of(project, proposal),
        "diff": _diff(project, judged),
        "verdict": None if judged is None else verdict_record(judged.verdict),
        "experiment": None if judged is None else judged.experiment,
        "noise": None if judged is None else verdict_noise(project, judged.experiment),
        "confirmation": None if judged is None else confirmations(project).get(judged.experiment),
        "predictions": None if judged is None else _predictions_record(project, judged),
        "refused": refusal(project, proposal),
        "rollback": f"flywheel rollback -C {project.repository.path}",
    }


def review_text(project: Project, wanted: str) -> str:
    """The same for a terminal, on which nothing that an analyst or a trace wrote can act."""
    proposal = find_proposal(project, wanted)
    judged = _latest(project, proposal.id)
    refused = refusal(project, proposal)
    parts = [
        f"{proposal.title}\n{proposal.id} – {status_of(project, proposal)}",
        f"Hypothesis\n  {proposal.hypothesis}",
        (
            f"Surface    {proposal.surface}\nMechanism  {proposal.mechanism}\nPattern    {proposal.pattern}"
            f"\nAnalyst    {proposal.analyst}{_ranked(proposal)}"
        ),
        "Evidence\n" + "\n".join(_claims(proposal.evidence)),
    ]
    if refused is not None:
        parts.append(f"Refused before any run\n  {refused}")
    if judged is not None:
        noise = verdict_noise(project, judged.experiment)
        parts += [
            f"Diff\n{_diff(project, judged)}",
            _numbers(judged.verdict)
            + (f"\nNoise      {noise['words']}" if noise else "")
            + _confirmed(project, judged),
            _flips(judged.verdict) + _predictions(project, judged),
        ]
        parts.append(_next_step(project, judged))
    return printable("\n\n".join(parts))


def _ranked(proposal: Proposal) -> str:
    """What its place rests on; empty for one that was never ranked."""
    if not proposal.expected_gain:
        return ""
    return (
        f"\nRank       weight {proposal.weight:.2f} × {100 * proposal.expected_gain:.1f} points expected gain "
        f"÷ {proposal.test_runs:.0f} runs to test"
    )


def _score(project: Project, judged: Judged) -> Score | None:
    return next((score for score in scores(project) if score.experiment == judged.experiment), None)


def _predictions_record(project: Project, judged: Judged) -> dict[str, Any] | None:
    score = _score(project, judged)
    if score is None:
        return None
    return {"fixes": asdict(score.fixes), "breakages": asdict(score.breakages), "unread": score.unread}


def _predictions(project: Project, judged: Judged) -> str:
    """How its predictions did among the control's runs; they decided nothing."""
    score = _score(project, judged)
    if score is None:
        return ""
    return (
        f"\nPredictions, of control runs that show {score.answers} (they decide nothing)"
        f"\n  fixes      {hits_words(score.fixes, 'fixed')}\n  breakages  {hits_words(score.breakages, 'broken')}"
    )


def _claims(evidence: tuple[Any, ...]) -> list[str]:
    return [
        f"  {claim.text}\n    run {claim.run_id[:12]} span {claim.span_id}\n    “{one_line(claim.quote, 300)}”"
        for claim in evidence
    ]


def _confirmed(project: Project, judged: Judged) -> str:
    found = confirmations(project).get(judged.experiment)
    return "" if found is None else f"\nConfirmed  {found['words']}"


def _numbers(verdict: Verdict) -> str:
    low, high = verdict.interval
    return (
        f"Verdict    {verdict.decision.value}\n"
        f"Reason     {verdict.reason}\n"
        f"Effect     {100 * verdict.effect_at_stop:+.1f} points when it stopped (biased upward by stopping)\n"
        f"Interval   {100 * low:+.1f} … {100 * high:+.1f} points, valid at every look\n"
        f"Evidence   {verdict.wealth:.3g} of {verdict.threshold:.3g} needed, over {verdict.groups_used} groups\n"
        f"Claim      {verdict.claim}\n"
        f"Mechanism  {verdict.activation.replace('_', ' ')}\n"
        f"Diverged   {verdict.diverged} of {len(verdict.pairs)} pairs"
        + (f"\nMore       {verdict.more}" if verdict.more else "")
    )


def _flips(verdict: Verdict) -> str:
    flips = [pair for pair in verdict.pairs if pair.difference]
    if not flips:
        return "Flips\n  none"
    rows = [
        f"  {'fixed ' if pair.difference > 0 else 'broken'} {pair.task}  "
        f"{pair.control_outcome.value} ({pair.control_run[:8]}) → {pair.candidate_outcome.value} ({pair.candidate_run[:8]})"
        for pair in flips
    ]
    return "Flips\n" + "\n".join(rows)


def _next_step(project: Project, judged: Judged) -> str:
    where = project.repository.path
    status = status_of(project, judged.proposal)
    if status == "promoted":
        return f"Undo it    flywheel rollback -C {where}"
    if status.startswith("waiting"):
        return f"Apply it   flywheel promote {judged.proposal.id} -C {where}\nUndo it    flywheel rollback -C {where}"
    if status == "rolled back":
        return f"Undone     it was promoted and rolled back; the history is in git log of {where}"
    return f"Undo       nothing to undo: it was not applied (rollback of the last promotion: flywheel rollback -C {where})"


def _diff(project: Project, judged: Judged | None) -> str:
    return "" if judged is None else project.repository.diff(judged.control, judged.candidate)


def _latest(project: Project, proposal: str) -> Judged | None:
    verdicts = [judged for judged in judged_proposals(project) if judged.proposal.id == proposal]
    return verdicts[-1] if verdicts else None
