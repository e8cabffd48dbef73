"""Margins of safe changes add up against one anchor."""

from __future__ import annotations

import pytest

from benchmarks.errors import PlanError
from benchmarks.gate.anchor import allowed_margin, margin_used
from benchmarks.gate.verdict import Decision, Question, Verdict


def verdict(decision: Decision, question: Question, lower: float, margin: float = 0.02) -> Verdict:
    return Verdict(
        decision=decision,
        reason="",
        claim="suite",
        effect_at_stop=0.0,
        interval=(lower, 0.3),
        wealth=30.0,
        threshold=20.0,
        groups_used=10,
        pairs=(),
        evidence=(),
        diverged=0,
        activation="fired",
        question=question,
        margin=margin,
    )


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (verdict(Decision.PROMOTE, "safe", -0.015), 0.015),
        (verdict(Decision.PROMOTE, "safe", 0.03), 0.0),
        (verdict(Decision.PROMOTE, "better", 0.01), 0.0),
        (verdict(Decision.REJECT, "safe", -0.2), 0.0),
        (verdict(Decision.INCONCLUSIVE, "safe", -0.2), 0.0),
    ],
)
def test_only_accepted_safe_changes_use_margin_as_much_as_their_bound_leaves_open(
    given: Verdict, used: float
) -> None:
    """What was shown to be no loss at all takes nothing."""
    assert margin_used(given) == pytest.approx(used)


def test_ten_safe_steps_do_not_fit_into_the_margin_of_three() -> None:
    """The third step gets what is left, the fourth nothing."""
    used: list[float] = []
    for expected in (0.02, 0.02, 0.01):
        used.append(allowed_margin(0.02, epoch=0.05, used=used))

        assert used[-1] == pytest.approx(expected)
    with pytest.raises(PlanError, match="measure against the harness that the epoch began with"):
        allowed_margin(0.02, epoch=0.05, used=used)
