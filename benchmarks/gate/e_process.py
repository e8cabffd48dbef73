"""Evidence about a mean that may be read at any time: a betting e-process."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])
Side = Literal["above", "below"]
MAX_STAKE = 0.95  # a bet that may lose everything could never recover
WEIGHTS = (0.7, 0.3)
MULTIPLES = (0.8, 1.5)


@dataclass(frozen=True, kw_only=True)
class Bets:
    """A fixed mixture of constant bets.

    ``stakes`` are the shares of the wealth, below 1, that the worst possible difference takes;
    ``weights`` add up to 1 and say how much of the wealth follows each stake.
    """

    stakes: tuple[float, ...]
    weights: tuple[float, ...] = WEIGHTS

    def __post_init__(self) -> None:
        if len(self.stakes) != len(self.weights) or not math.isclose(sum(self.weights), 1.0):
            raise ValueError("every stake needs a weight, and the weights must add up to 1")
        if not all(0.0 < stake < 1.0 for stake in self.stakes):
            raise ValueError("a stake must be above 0 and below 1")


def planned_bets(gain: float, square: float) -> Bets:
    """Bets for an expected gain of ``gain`` per bet whose mean square is ``square``, both planned.

    ``gain / square`` is close to the growth-optimal bet; 0.8 and 1.5 times it, weighted 0.7 and 0.3,
    lose little where the plan is right and forgive a plan that is wrong either way.
    """
    return Bets(stakes=tuple(min(MAX_STAKE, multiple * gain / square) for multiple in MULTIPLES))


def bets_against(null: float, *, expected: float, square: float, side: Side = "above") -> Bets:
    """Bets against "the mean is at most ``null``" (``below``: at least), planned for a true mean ``expected``.

    ``square`` is the planned mean square of a difference. In units of the worst loss, ``1 + null``, the gain is
    ``expected - null`` and its mean square that of the distance to the null; for a null of 0 this is ``planned_bets``.
    """
    sign = 1.0 if side == "above" else -1.0
    null, expected = sign * null, sign * expected
    distance = max(square, abs(expected)) - 2.0 * null * expected + null**2
    return planned_bets((1.0 + null) * (expected - null), distance)


@dataclass(frozen=True, kw_only=True)
class EProcess:
    """Wealth of a gambler who starts with 1 and bets against "the mean difference is at most ``null``".

    ``side="below"`` bets against "at least ``null``". Differences lie within -1..1; a bet multiplies the
    wealth by ``1 + stake × (difference - null) / (1 + null)``, which is never negative. If the null is true
    the wealth is a non-negative supermartingale, so by Ville's inequality it ever reaches T with a chance
    of at most 1/T, however often it is read and whenever one stops. With constant bets the wealth depends on
    how often each difference was seen, so that is all that is kept.

    Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting",
    JRSS B 2023 (capital process, section 4); Ville 1939.
    """

    bets: Bets
    null: float = 0.0
    side: Side = "above"
    seen: tuple[tuple[float, int], ...] = ()

    def __post_init__(self) -> None:
        if not -1.0 <= self.null <= 1.0:
            raise ValueError(f"a mean difference lies within -1..1, not at {self.null}")

    def after(self, difference: float) -> EProcess:
        """The process after one more bet, whose stake was fixed before ``difference`` was known."""
        if not -1.0 <= difference <= 1.0:
            raise ValueError(f"a difference lies within -1..1, not at {difference}")
        counts = dict(self.seen)
        counts[difference] = counts.get(difference, 0) + 1
        return replace(self, seen=tuple(sorted(counts.items())))

    def against(self, null: float) -> EProcess:
        """The same observations and bets against another null."""
        return replace(self, null=null)

    @property
    def capitals(self) -> tuple[float, ...]:
        """The logarithm of each bet's capital now; 0 before the first bet."""
        growths = [0.0] * len(self.bets.stakes)
        for difference, count in self.seen:
            for index, growth in enumerate(self.growth(difference)):
                growths[index] += count * growth
        return tuple(growths)

    @property
    def wealth(self) -> float:
        """The mixture's wealth now; 1 before the first bet."""
        return sum(
            weight * _exp(capital) for weight, capital in zip(self.bets.weights, self.capitals, strict=True)
        )

    def growth(self, difference: float) -> tuple[float, ...]:
        """What one difference adds to the logarithm of each bet's capital."""
        gain = self.gain(difference)
        return tuple(math.log1p(stake * gain) for stake in self.bets.stakes)

    def gain(self, difference: Number) -> Number:
        """A difference, or an array of them, in units of the worst possible loss: at least -1, and 0 at the null."""
        sign = 1.0 if self.side == "above" else -1.0
        worst = 1.0 + sign * self.null
        if worst > 0.0:
            return sign * (difference - self.null) / worst
        return difference * 0.0 + math.inf


def _exp(growth: float) -> float:
    return math.exp(growth) if growth < 700.0 else math.inf
