"""A verdict in the words of the person who asked: what it means, what is claimed, and what was blocked."""

from __future__ import annotations

from benchmarks.gate.verdict import Claim, Decision, Verdict
from flywheel.answer import Answer
from flywheel.shared_ledger import LOCAL_WARNING

_CLAIMS: dict[Claim, str] = {
    "groups": "speaks for new groups of such tasks, until verdicts have fed back into what is proposed",
    "suite": "speaks for these tasks only",
}
_FORCED = "forced: by its plan it could not decide, so it can only end inconclusive or vetoed"
_SIMULATED = "the model in these runs is simulated; programs, tests and statistics are real"


def meaning(verdict: Verdict) -> str:
    """What the decision means, in one sentence."""
    safe = verdict.question == "safe"
    if verdict.decision is Decision.PROMOTE and safe:
        return (
            f"the candidate is worse than the control by less than the margin of {100 * verdict.margin:.1f} points, if at "
            "all, and no guard objects"
        )
    if verdict.decision is Decision.PROMOTE:
        return "the candidate is better than the control, and no guard objects"
    if verdict.blocked_by is not None:
        return f"do not take this change: the {verdict.blocked_by} guard objects"
    if verdict.decision is Decision.REJECT and safe:
        return f"do not take this change: it is shown to cost more than the margin of {100 * verdict.margin:.1f} points"
    if verdict.decision is Decision.REJECT:
        return "do not take this change: it is shown to be worse than the control"
    return "not enough evidence either way: this is no statement that the change is safe"


def question_words(verdict: Verdict) -> str:
    """What was asked."""
    if verdict.question == "safe":
        return f"is it safe: worse by less than {100 * verdict.margin:.1f} points?"
    return "is it better?"


def claim_words(verdict: Verdict) -> str:
    """What the claim speaks for."""
    return _CLAIMS[verdict.claim]


def bound_words(verdict: Verdict) -> str:
    """The claim itself, which is the lower bound and never the effect at the stop; in points."""
    low, high = verdict.interval
    return f"at least {points(low)}, at most {points(high)} points"


def budget_words(answer: Answer) -> str:
    """Runs and error budget, spent and left."""
    return (
        f"{2 * len(answer.verdict.pairs)} of {answer.planned_runs} planned runs taken; campaign {answer.campaign_id}: "
        f"{answer.campaign.words}"
    )


def guard_words(verdict: Verdict) -> str:
    """Which guard blocked, or that none did; activation where it was asked for."""
    activation = verdict.activation.replace("_", " ")
    if verdict.blocked_by is None:
        return f"none objects (activation: {activation})"
    return f"{verdict.blocked_by} objects (activation: {activation})"


def warnings(answer: Answer) -> tuple[str, ...]:
    """What a reader must know beside the verdict."""
    local = (LOCAL_WARNING,) if answer.sharing == "local" else ()
    simulated = (_SIMULATED,) if answer.simulated else ()
    forced = (_FORCED,) if answer.forced else ()
    return (*local, *forced, *simulated, *(note for note in answer.verdict.notes if note not in forced))


def points(share: float) -> str:
    """A difference in score as signed points."""
    return f"{100 * share:+.1f}"
