"""Intervals of shares and of scores."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

_Z = 1.959963984540054  # the 97.5 % point of the normal distribution
Interval = tuple[float, float]
Counts = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


def wilson(hits: int, of: int) -> Interval:
    """Wilson's 95 % score interval of a share (E. B. Wilson, JASA 22, 1927); (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    share, spread = hits / of, _Z * _Z / of
    centre = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def cluster_bootstrap(
    counts: Counts, score: Callable[[Counts], Scores], *, seed: int, draws: int = 4000
) -> Interval:
    """The 95 % percentile interval of a score of summed counts, when whole clusters are drawn anew.

    ``counts`` has a row for each cluster (a run); ``score`` takes rows of sums and gives a number for each.
    Method: B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13. The same seed
    gives the same interval. (0, 1) of nothing.
    """
    if not len(counts):
        return 0.0, 1.0
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=draws)
    low, high = np.percentile(score(weights @ counts), (2.5, 97.5))
    return float(low), float(high)
