"""What the figures must show, and whether they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.gate_bench.rivals.every import RIVALS

Side = Literal["at most", "at least"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A bound that a figure must keep; ``meaning`` is for the table.

    One that ``is_known_miss`` says aloud what this gate cannot do, and fails nobody's run.
    """

    figure: str
    meaning: str
    side: Side
    bound: float
    is_known_miss: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value keeps it."""
        return value <= self.bound if self.side == "at most" else value >= self.bound


def _most(figure: str, bound: float, meaning: str, *, is_known_miss: bool = False) -> Target:
    return Target(figure=figure, meaning=meaning, side="at most", bound=bound, is_known_miss=is_known_miss)


def _least(figure: str, bound: float, meaning: str) -> Target:
    return Target(figure=figure, meaning=meaning, side="at least", bound=bound)


TARGETS: tuple[Target, ...] = (
    _least("campaigns", 10_000, "campaigns of 20 useless candidates, per scenario"),
    _most(
        "false_promotion_upper95", 0.05, "campaigns with a false promotion, upper 95 % bound, worst scenario"
    ),
    _least("power_at_plan", 0.8, "power at the planned effect, claim suite, 20 candidates"),
    _least("power_at_twice", 0.98, "power at twice the planned effect"),
    _most("pairs_ratio_at_plan", 0.8, "pairs over those of McNemar's test, at the planned effect"),
    _most("pairs_ratio_at_twice", 0.4, "pairs, at twice the planned effect"),
    _most("pairs_ratio_useless", 0.4, "pairs, useless candidate"),
    _most("pairs_ratio_harmful", 0.2, "pairs, harmful candidate"),
    _most("pairs_ratio_campaign", 0.4, "pairs, campaign of 15 useless, 3 harmful and 2 helpful candidates"),
    _most("k1_pairs_ratio_useless", 0.65, "pairs, useless candidate that has the whole error budget"),
    _most("groups_ratio_at_plan", 1.0, "groups over those of the t-test, at the planned effect"),
    _most("groups_ratio_at_twice", 0.55, "groups, at twice the planned effect"),
    _most("groups_ratio_useless", 0.45, "groups, useless candidate"),
    _most("groups_ratio_campaign", 0.48, "groups, the same campaign"),
    _most(
        "groups_large_ratio_at_plan",
        1.0,
        "groups, +25 points everywhere, at the planned effect",
        is_known_miss=True,
    ),
    _most(
        "groups_large_ratio_at_twice",
        0.55,
        "groups, +25 points everywhere, at twice that",
        is_known_miss=True,
    ),
    _least("coverage", 0.95, "the interval holds the truth at all looks"),
    _least("coverage_unstopped", 0.95, "the interval holds the truth at all looks, if nobody stops"),
    _most("bound_disagreements", 0, "looks at which bound and promotion disagree"),
    _most("veto_blocked_a_a", 0.02, "regression veto: blocks with one harness in both arms"),
    _least("veto_caught", 0.95, "regression veto: catches a broken reliable task"),
    _most("drift_blocked_clean", 0.01, "drift test: blocks clean experiments"),
    _most("coverage_guard_blocked_honest", 0.05, "coverage guard: blocks where both arms break alike"),
    _most("promoted_by_breaking", 0.05, "promoted by breaking the infrastructure"),
    _most("false_safe_upper95", 0.05, "called safe at the margin, upper 95 % bound"),
    _most("ten_steps_beyond_margin", 0.05, "ten safe steps fall beyond the epoch's margin"),
    _most("fdr", 0.05, "false discovery rate without a last candidate"),
    _least("rivals_seen", len(RIVALS), "broken gates that the bench sees"),
    _most("replay_disagreements", 0, "whole experiments that end unlike the replay"),
)


def judged(headline: Mapping[str, Any]) -> dict[str, Any]:
    """For each target its bound, the figure, and whether it is met."""
    return {
        target.figure: {
            target.side: target.bound,
            "measured": headline[target.figure],
            "met": target.is_met(headline[target.figure]),
            "known_miss": target.is_known_miss,
        }
        for target in TARGETS
    }
