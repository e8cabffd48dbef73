"""Runs compared over stretches of equal length, so that what happens at a constant rate is no cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzers.pattern import Basis
from analyzers.patterns.panel import Floats, Integers, Panel, Showing

_QUANTILES = 16  # of the lengths of a stratum's runs; exact for up to two, four, eight or sixteen of them


@dataclass(frozen=True, kw_only=True, eq=False)
class Arm:
    """One side of a comparison: of each stratum the number of ``runs`` and the quantiles of their ``lengths``.

    ``rows`` are the runs' places in the panel, ascending, and ``codes`` their strata, from 0.
    """

    rows: Integers
    codes: Integers
    runs: Integers
    lengths: Integers


@dataclass(frozen=True, kw_only=True, eq=False)
class Strata:
    """Failing and passing runs of the strata that have both."""

    basis: Basis
    failing: Arm
    passing: Arm

    @property
    def weights(self) -> Floats:
        """Mantel-Haenszel weights."""
        failed, passed = self.failing.runs.astype(float), self.passing.runs.astype(float)
        return np.asarray(failed * passed / (failed + passed))

    @property
    def smaller(self) -> int:
        """How many runs the smaller side has."""
        return int(min(self.failing.runs.sum(), self.passing.runs.sum()))


def strata_of(panel: Panel, basis: Basis, failing: Integers, passing: Integers) -> Strata:
    """The strata of a level that have both failing and passing runs, given by their places in the panel."""
    codes = panel.strata[basis]
    mixed = np.intersect1d(codes[failing], codes[passing])
    mixed = mixed[mixed >= 0]
    return Strata(
        basis=basis,
        failing=_arm(panel, codes, mixed, failing),
        passing=_arm(panel, codes, mixed, passing),
    )


def shares(showing: Showing, arm: Arm, other: Arm, panel: Panel) -> Floats:
    """For each stratum the share of the arm's runs that show the mechanism within what the other side reaches.

    Every run is compared with every run of the other side over as many steps as the shorter of the two has; a longer run
    counts by the share of its stretches of that length that show it. An event with a constant rate per step has the
    same expectation on both sides, however long the runs are.
    """
    places, held = _common(arm, showing)
    codes = arm.codes[places]
    values = np.ones(len(places)) if showing.is_ending else _seen(showing, held, other.lengths[codes], panel)
    counted = np.bincount(codes, weights=values, minlength=len(arm.runs))
    return np.asarray(counted / np.maximum(arm.runs, 1))


def comparable(showing: Showing, arm: Arm, other: Arm) -> float:
    """The share of comparisons in which the other side got far enough to show it at all; 1 where nobody shows it."""
    places, held = _common(arm, showing)
    if showing.is_ending or not len(places):
        return 1.0
    first, last = showing.first[held], showing.last[held]
    shortest = np.where(last >= first, last - first + 1, np.iinfo(np.int64).max).min(axis=1)
    return float((other.lengths[arm.codes[places]] >= shortest[:, None]).mean())


def _arm(panel: Panel, codes: Integers, mixed: Integers, rows: Integers) -> Arm:
    chosen = rows[np.isin(codes[rows], mixed)]
    own = np.searchsorted(mixed, codes[chosen])
    counts = np.bincount(own, minlength=len(mixed))
    order = np.lexsort((panel.steps[chosen], own))
    starts = np.concatenate(([0], np.cumsum(counts)[:-1])) if len(mixed) else np.zeros(0, dtype=np.int64)
    positions = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    offsets = np.floor(positions[None, :] * counts[:, None]).astype(np.int64)
    lengths = panel.steps[chosen][order][starts[:, None] + offsets] if len(chosen) else offsets
    return Arm(rows=chosen, codes=own, runs=counts, lengths=lengths)


def _common(arm: Arm, showing: Showing) -> tuple[Integers, Integers]:
    """The places in the arm, and in the showing, of the runs that both have."""
    _, places, held = np.intersect1d(arm.rows, showing.rows, assume_unique=True, return_indices=True)
    return places, held


def _seen(showing: Showing, held: Integers, lengths: Integers, panel: Panel) -> Floats:
    """Of each run the share of stretches that show it, averaged over the other side's lengths."""
    reach = np.minimum(showing.reach[held], panel.steps[showing.rows[held]])[:, None]
    width = np.minimum(lengths, reach)
    covered: NDArray[np.int64] = np.zeros_like(width)
    until = np.full_like(width, -1)
    for first, last in zip(showing.first[held].T, showing.last[held].T, strict=True):
        low = np.maximum(last[:, None] - width + 1, until + 1)
        high = np.minimum(first[:, None], reach - width)
        fits = (high >= low) & (last >= first)[:, None]
        covered += np.where(fits, high - low + 1, 0)
        until = np.where(fits, high, until)
    return np.asarray((covered / (reach - width + 1)).mean(axis=1))
