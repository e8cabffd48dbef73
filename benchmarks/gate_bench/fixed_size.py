"""The tests of fixed size that a sequential one is measured against: how many pairs they need."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.stats import binom, nct
from scipy.stats import t as student

from benchmarks.gate.power import POWER

MOST = 1 << 14


@lru_cache(maxsize=64)
def mcnemar_pairs(effect: float, discordance: float, *, error: float) -> int:
    """Pairs that the exact one-sided McNemar test needs to find an effect with a power of 80 %.

    Conditional on how many pairs differ the wins are binomial (McNemar 1947; exact: Mosteller 1952). Its power is a
    saw in the number of pairs; halving lands on one of its teeth, within a few pairs of the smallest.
    """
    win = (discordance + effect) / (2.0 * discordance)

    def power(pairs: int) -> float:
        differing = np.arange(pairs + 1)
        needed = binom.isf(error, differing, 0.5) + 1
        found = binom.pmf(differing, pairs, discordance) * binom.sf(needed - 1, differing, win)
        return float(found.sum())

    low, high = 1, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def t_test_groups(mean: float, deviation: float, *, error: float) -> int:
    """Groups that a one-sided Student's t-test needs to find a mean difference with a power of 80 %."""

    def power(groups: int) -> float:
        critical = student.ppf(1.0 - error, groups - 1)
        return float(nct.sf(critical, groups - 1, mean / deviation * math.sqrt(groups)))

    low, high = 2, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high
