"""Margins of non-inferiority, counted against one anchor: ten safe steps at -2 are -20."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.errors import PlanError
from benchmarks.gate.verdict import Decision, Verdict


def margin_used(verdict: Verdict) -> float:
    """How far below its control an accepted candidate may lie, in score: what it takes of the epoch's margin.

    The lower bound says it, so a change that was shown to be better takes nothing, and gains give nothing back (a
    claim against the anchor would need the bounds of all steps at once, at the epoch's own error).
    """
    if verdict.decision is not Decision.PROMOTE or verdict.question != "safe":
        return 0.0
    return min(verdict.margin, max(0.0, -verdict.interval[0]))


def allowed_margin(step: float, *, epoch: float, used: Iterable[float]) -> float:
    """The margin for the next change: ``step``, or what earlier accepted ones have left of ``epoch``.

    The epoch's anchor is the harness with which it was opened, and its margin is the most that all changes together
    may lose against it; the moving baseline would lose that again at each step. A candidate that is measured against
    the anchor itself has the whole margin. Raises ``PlanError`` when nothing is left.
    """
    taken = sum(used)
    left = epoch - taken
    if left <= 1e-9:
        raise PlanError(
            f"earlier changes of this epoch may together cost {100 * taken:.1f} points, its whole margin: measure "
            "against the harness that the epoch began with, ask for better instead of safe, or begin a new epoch"
        )
    return min(step, left)
