"""The decision: evidence, stop and guards composed into one verdict."""

from __future__ import annotations

from benchmarks.gate.evidence import Stop
from benchmarks.gate.findings import Findings
from benchmarks.gate.more import more_needed
from benchmarks.gate.verdict import Decision, Verdict

_UNIT = {"groups": "groups", "suite": "pairs"}


def decide(findings: Findings) -> Verdict:
    """Promote exactly when the evidence reached the threshold, nothing blocks, and it was not forced.

    ``reject`` means blocked or shown worse; everything else is ``inconclusive``, also a control that drifted:
    more pairs then continue the same wealth.
    """
    decision = _decision(findings)
    block = findings.block
    return Verdict(
        decision=decision,
        reason=_reason(findings),
        claim=findings.claim,
        effect_at_stop=findings.effect,
        interval=findings.interval,
        wealth=findings.evidence.wealth,
        threshold=findings.evidence.threshold,
        groups_used=len({point.group for point in findings.points}),
        pairs=findings.pairs,
        evidence=findings.points,
        diverged=sum(pair.diverged for pair in findings.pairs),
        activation=findings.activation,
        futile=findings.stop is Stop.FUTILE,
        blocked_by=block.guard if block else None,
        blocking_runs=block.runs if block else (),
        more=more_needed(findings) if decision is Decision.INCONCLUSIVE else "",
        cost_ratio=findings.costs.headline,
        notes=_notes(findings),
        question=findings.question,
        margin=findings.margin,
        hopeless=findings.stop is Stop.HOPELESS,
    )


def _decision(findings: Findings) -> Decision:
    if findings.stop is Stop.REACHED:
        if findings.block is not None:
            return Decision.INCONCLUSIVE if findings.block.guard == "drift" else Decision.REJECT
        return Decision.INCONCLUSIVE if findings.is_forced else Decision.PROMOTE
    return Decision.REJECT if findings.stop is Stop.WORSE else Decision.INCONCLUSIVE


def _reason(findings: Findings) -> str:
    """Why, in one sentence of plain English with its numbers."""
    score = _score(findings)
    if findings.block is not None:
        return f"blocked by the {findings.block.guard} guard: {findings.block.reason} ({score})"
    evidence = f"evidence {findings.evidence.wealth:.4g} of {findings.evidence.threshold:.4g} needed"
    if findings.stop is Stop.REACHED:
        return _promotion(findings, score, evidence)
    if findings.stop is Stop.WORSE:
        return f"shown to be worse: {score}, at best {_points(findings.interval[1])} points"
    return f"{_undecided(findings, score)} ({evidence})"


def _promotion(findings: Findings, score: str, evidence: str) -> str:
    low = findings.interval[0]
    if findings.is_forced:
        return f"run although it could not decide, so nothing is promoted: {score} ({evidence})"
    if findings.question == "safe":
        return (
            f"safe: worse by less than the margin of {_points(findings.margin)} points: {score}, at worst "
            f"{_points(low, signed=True)} ({evidence})"
        )
    return f"better by at least {_points(low)} points: {score} ({evidence})"


def _undecided(findings: Findings, score: str) -> str:
    if findings.stop is Stop.HOPELESS:
        return f"undecided, and the rest of the budget is unlikely to decide: {score}"
    if findings.stop is Stop.BUDGET:
        return f"undecided when the budget ended: {score}"
    if findings.question == "safe":
        return f"not shown safe: {score}, which speaks against a change without loss"
    return (
        f"futile: {score}, which speaks against the planned gain of {_points(findings.planned_effect)} points"
    )


def _score(findings: Findings) -> str:
    unit = _UNIT[findings.claim]
    return (
        f"won {findings.won} and lost {findings.lost} of {len(findings.points)} {unit}, "
        f"{_points(findings.effect, signed=True)} points on average"
    )


def _points(share: float, *, signed: bool = False) -> str:
    return f"{100 * share:+.1f}" if signed else f"{100 * share:.1f}"


def _notes(findings: Findings) -> tuple[str, ...]:
    """What a reader should know beside the reason."""
    notes = []
    if findings.is_noise_check:
        notes.append("noise check: both arms are the same harness with different seeds")
    if findings.is_forced:
        notes.append("forced: by its plan it could not decide, so it can only end inconclusive or vetoed")
    covered = findings.coverage
    if min(covered.control, covered.candidate) < covered.runs:
        notes.append(
            f"coverage: {covered.control} control and {covered.candidate} candidate runs of {covered.runs} "
            f"gave a verdict at the first attempt"
        )
    if findings.carried:
        notes.append(f"continued: {findings.carried} of {len(findings.points)} bets are from earlier parts")
    unscored = sum(None in {pair.control_score, pair.candidate_score} for pair in findings.pairs)
    if unscored:
        notes.append(f"{unscored} pair(s) stayed unscored and count at their worst for the candidate")
    return tuple(notes)
