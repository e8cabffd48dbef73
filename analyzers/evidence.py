"""Code, not trust, checks findings: a claim stands only on a quote that is in the span it cites, and on what spans say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analyzers.contradiction import contradiction
from analyzers.mine_view import MineView
from analyzers.proposal import Claim, Finding, Proposal
from analyzers.span_text import holds


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is left of a finding, and a sentence for everything that was dropped from it."""

    finding: Finding
    dropped: tuple[str, ...] = ()


def check_finding(finding: Finding, view: MineView) -> Checked:
    """Drop claims whose quote is not in the cited span of the view, or that the spans contradict; then what rests on none.

    That is proposals without a claim, and the diagnosis where no claim stands or where a run that is cited for it says
    otherwise.
    """
    dropped: list[str] = list(finding.refused)
    claims = _surviving(finding.claims, view, dropped)
    proposals = []
    for proposal in finding.proposals:
        checked = _checked(proposal, finding, view, dropped)
        if checked is not None:
            proposals.append(checked)
    diagnosis = _diagnosis(finding, claims, view, dropped)
    kept = replace(finding, diagnosis=diagnosis, claims=claims, proposals=tuple(proposals))
    return Checked(finding=kept, dropped=tuple(dict.fromkeys(dropped)))


def problem_of(claim: Claim, view: MineView) -> str | None:
    """Why a claim does not stand; ``None`` when it does."""
    try:
        run = view.run(claim.run_id)
    except KeyError:
        return f"no run {claim.run_id[:40]!r} in the view"
    spans = [span for span in run.spans if span.span_id == claim.span_id]
    if not spans:
        return f"run {claim.run_id[:12]} has no span {claim.span_id[:40]!r}"
    if not holds(spans[0], claim.quote):
        return f"the quote is not in span {claim.span_id} of run {claim.run_id[:12]}"
    told = contradiction(claim.text, run, claim.span_id)
    return None if told is None else f"{told}, in run {claim.run_id[:12]}"


def _diagnosis(finding: Finding, claims: tuple[Claim, ...], view: MineView, dropped: list[str]) -> str:
    if not claims and finding.claims:
        dropped.append("diagnosis: no claim for it stands")
        return ""
    for claim in claims:
        told = contradiction(finding.diagnosis, view.run(claim.run_id), "")
        if told is not None:
            dropped.append(f"diagnosis {finding.diagnosis[:80]!r}: {told}, in run {claim.run_id[:12]}")
            return ""
    return finding.diagnosis


def _checked(proposal: Proposal, finding: Finding, view: MineView, dropped: list[str]) -> Proposal | None:
    if proposal.pattern != finding.pattern:
        dropped.append(f"proposal {proposal.id}: it speaks of another pattern, {proposal.pattern[:40]!r}")
        return None
    evidence = _surviving(proposal.evidence, view, dropped)
    if not evidence:
        dropped.append(f"proposal {proposal.id}: none of its claims stands")
        return None
    return replace(proposal, evidence=evidence)


def _surviving(claims: tuple[Claim, ...], view: MineView, dropped: list[str]) -> tuple[Claim, ...]:
    kept = []
    for claim in claims:
        problem = problem_of(claim, view)
        if problem is None:
            kept.append(claim)
        else:
            dropped.append(f"claim {claim.text[:80]!r}: {problem}")
    return tuple(kept)
