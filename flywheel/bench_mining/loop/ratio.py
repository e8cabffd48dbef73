"""A ratio of two gains with an interval over seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from flywheel.bench_mining.labels.intervals import Interval

_CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """``interval`` is of 95 %, ``None`` with fewer than two seeds."""

    value: float
    interval: Interval | None


def ratio_of_gains(reached: Sequence[float], possible: Sequence[float]) -> Ratio | None:
    """The sum of the one over that of the other; one pair of gains per seed. ``None`` where nothing is possible.

    The interval is that of the ratio estimator with its linearised variance and Student's t (W. G. Cochran, Sampling
    Techniques, 1977, chapter 6).
    """
    gains, most = np.array(reached, dtype=float), np.array(possible, dtype=float)
    if most.sum() <= 0:
        return None
    value = float(gains.sum() / most.sum())
    count = len(gains)
    if count < 2:
        return Ratio(value=value, interval=None)
    left = gains - value * most
    error = math.sqrt(float((left**2).sum()) / (count * (count - 1))) / float(most.mean())
    half = float(student.ppf((1 + _CONFIDENCE) / 2, count - 1)) * error
    return Ratio(value=value, interval=(value - half, value + half))
