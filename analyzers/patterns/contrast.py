"""How much more often a mechanism occurs in failures than in passes of the same task."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import hypergeom

from analyzers.pattern import Contrast
from analyzers.patterns.exposure import Strata, comparable, shares, strata_of
from analyzers.patterns.panel import LEVELS, Floats, Integers, Panel, Showing

ERROR = 0.05  # one-sided, shared among all mechanisms that are compared
_LEAST = 8  # failures, and passes, that strata with both must hold to be the basis
_IN_REACH = 0.2  # of the comparisons must be able to show the mechanism at all


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share among runs of one ending, with the number of runs that it is worth."""

    value: float
    runs: float


class Comparison:
    """Failing against passing runs, given by their places in a panel, at the finest level that has enough of both.

    By task; else by repository; else by suite. Where no stratum has both, nothing is compared.
    """

    def __init__(self, panel: Panel, failing: Integers, passing: Integers) -> None:
        self._panel = panel
        self._failing = failing
        self._strata = _finest(panel, failing, passing)

    def contrast(self, showing: Showing, *, comparisons: int = 1) -> Contrast:
        """The difference of the shares of runs that show it, with an interval corrected for ``comparisons``.

        Mantel-Haenszel weights over the strata, so that a hard task does not pass for a mechanism, and stretches of equal
        length (``exposure.shares``), so that a long run does not either. The interval is the stratified Newcombe one (Yan
        & Su, "Stratified Wilson and Newcombe Confidence Intervals for Multiple Binomial Proportions", 2010), which holds
        up where a share is 0 or 1. Where nothing can be compared, because there are no passes or they ended long before
        they could show it, the share itself is given, and the basis is ``none``.
        """
        z = float(ndtri(1 - ERROR / max(1, comparisons)))
        alone = Share(value=self._share(showing), runs=max(1, len(self._failing)))
        if self._strata is None:
            return _alone(alone, z)
        contrast = _newcombe(*_both(showing, self._strata, self._panel), z, self._strata)
        reached = comparable(showing, self._strata.failing, self._strata.passing)
        if reached >= _IN_REACH or contrast.interval[0] > 0:
            return contrast
        whole = _newcombe(*_both(_anywhere(showing), self._strata, self._panel), z, self._strata)
        return _alone(alone, z) if whole.interval[0] > 0 else contrast

    def worth(self, showing: Showing) -> tuple[Share, Share]:
        """The shares of failing and of passing runs, with the runs that they are worth; the latter 0 without passes."""
        if self._strata is None:
            return Share(value=self._share(showing), runs=len(self._failing)), Share(value=0.0, runs=0.0)
        return _both(showing, self._strata, self._panel)

    def _share(self, showing: Showing) -> float:
        return float(np.isin(showing.rows, self._failing).sum() / max(1, len(self._failing)))


def difference(failed: Share, passed: Share, *, comparisons: int = 1) -> tuple[float, float]:
    """Newcombe's interval of the difference of two shares."""
    return _interval(failed, passed, float(ndtri(1 - ERROR / max(1, comparisons))))


def comparisons_that_count(counts: Iterable[tuple[int, int, int]]) -> int:
    """By how many the error is shared: those that can become significant at all (Tarone, 1990).

    ``counts`` has for each mechanism of a kind of cause how many runs show it, how many of them fail by that cause or
    pass, and how many of those fail.
    """
    rows = np.array(list(counts), dtype=float).reshape(-1, 3)
    if not len(rows):
        return 1
    shown, runs, failing = rows.T
    least = hypergeom.sf(np.minimum(shown, failing) - 1, runs, failing, shown)
    return next(number for number in range(1, len(rows) + 2) if (least <= ERROR / number).sum() <= number)


def _finest(panel: Panel, failing: Integers, passing: Integers) -> Strata | None:
    if not len(failing) or not len(passing):
        return None
    for level in LEVELS:
        strata = strata_of(panel, level, failing, passing)
        if strata.smaller >= (1 if level == LEVELS[-1] else _LEAST):
            return strata
    return None


def _both(showing: Showing, strata: Strata, panel: Panel) -> tuple[Share, Share]:
    """Both shares under Mantel-Haenszel weights, each worth the runs that give the same variance."""
    weights = strata.weights
    failed = shares(showing, strata.failing, strata.passing, panel)
    passed = shares(showing, strata.passing, strata.failing, panel)
    return _pooled(failed, strata.failing.runs, weights), _pooled(passed, strata.passing.runs, weights)


def _pooled(values: Floats, runs: Integers, weights: Floats) -> Share:
    total = weights.sum()
    variance = float((weights * weights / runs).sum() / total**2)
    return Share(value=float((weights * values).sum() / total), runs=1 / variance)


def _anywhere(showing: Showing) -> Showing:
    """The same runs, whatever the stretch in which they show it."""
    empty = np.zeros((0, 0), dtype=np.int64)
    return Showing(
        rows=showing.rows,
        first=empty,
        last=empty,
        reach=np.zeros(0, dtype=np.int64),
        is_ending=True,
        severity=showing.severity,
        is_symptom=showing.is_symptom,
    )


def _newcombe(failed: Share, passed: Share, z: float, strata: Strata) -> Contrast:
    return Contrast(
        difference=failed.value - passed.value, interval=_interval(failed, passed, z), basis=strata.basis
    )


def _interval(failed: Share, passed: Share, z: float) -> tuple[float, float]:
    gap = failed.value - passed.value
    (low_failed, high_failed), (low_passed, high_passed) = _wilson(failed, z), _wilson(passed, z)
    lower = gap - math.hypot(failed.value - low_failed, high_passed - passed.value)
    upper = gap + math.hypot(high_failed - failed.value, passed.value - low_passed)
    return max(-1.0, lower), min(1.0, upper)


def _alone(share: Share, z: float) -> Contrast:
    return Contrast(difference=share.value, interval=_wilson(share, z), basis="none")


def _wilson(share: Share, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share."""
    spread = z * z / share.runs
    centre = (share.value + spread / 2) / (1 + spread)
    inside = max(0.0, share.value * (1 - share.value)) / share.runs + spread / (4 * share.runs)
    half = z * math.sqrt(inside) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
