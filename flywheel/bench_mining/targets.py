"""What the figures must show, and whether they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Target:
    """A bound that a figure must keep; ``bound`` may be another figure's name. ``meaning`` is for the table."""

    figure: str
    side: Literal["at most", "at least", "above"]
    bound: float | str
    meaning: str


TARGETS: tuple[Target, ...] = (
    Target(
        figure="planted_instances",
        side="at least",
        bound=120,
        meaning="weaknesses planted, several at once, over all seeds",
    ),
    Target(
        figure="planted_recall",
        side="at least",
        bound=0.9,
        meaning="of those that account for 5 % of the failures, found with the right remedy",
    ),
    Target(
        figure="false_pattern_seed_share",
        side="at most",
        bound=0.05,
        meaning="seeds with a pattern for a weakness that is not there",
    ),
    Target(
        figure="share_of_possible_gain",
        side="at least",
        bound=0.8,
        meaning="gain of the whole loop over that of the best hand-made harness",
    ),
    Target(
        figure="loop_runs_most",
        side="at most",
        bound=4500,
        meaning="runs of the whole loop, most of any seed",
    ),
    Target(
        figure="repetition_f1",
        side="above",
        bound="identical_call_f1",
        meaning="repetitions that people saw, F1 above that of identical calls",
    ),
    Target(
        figure="ami",
        side="above",
        bound="baseline_ami",
        meaning="clusters against labels, mutual information above TF-IDF + k-means",
    ),
    Target(
        figure="cluster_100k_seconds",
        side="at most",
        bound=300,
        meaning="seconds to cluster 100,000 failing runs",
    ),
    Target(
        figure="cluster_100k_memory_mb",
        side="at most",
        bound=4096,
        meaning="MiB to cluster 100,000 failing runs",
    ),
    Target(figure="place_one_ms", side="at most", bound=20, meaning="ms to detect and place one run, p95"),
)


def judged(figures: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each target whose figures are there, with what was measured and whether that keeps the bound."""
    found = {}
    for target in TARGETS:
        measured = figures.get(target.figure)
        bound = figures.get(target.bound) if isinstance(target.bound, str) else target.bound
        if measured is not None and bound is not None:
            met = _is_met(target.side, float(measured), float(bound))
            found[target.figure] = {"measured": measured, "side": target.side, "bound": bound, "met": met}
    return found


def _is_met(side: str, measured: float, bound: float) -> bool:
    if side == "above":
        return measured > bound
    return measured <= bound if side == "at most" else measured >= bound
