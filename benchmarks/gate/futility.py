"""When going on is pointless: the planned effect is not there, or the budget can hardly show it any more."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from benchmarks.gate.e_process import EProcess, bets_against

FUTILE = 10.0  # a candidate with the planned effect is called futile with a chance of at most 1/10
STEPS = 40  # halvings of the distance that a capital may still have to go


def futility_process(effect: float, discordance: float, *, expected: float = 0.0) -> EProcess:
    """A reversed e-process against "the effect is at least ``effect``", planned for a true one of ``expected``."""
    bets = bets_against(effect, expected=expected, square=discordance + abs(expected), side="below")
    return EProcess(bets=bets, null=effect, side="below")


@dataclass(frozen=True, kw_only=True)
class Floors:
    """The least capital with which the rest of a budget is likely enough to reach the threshold.

    ``capitals[bet][remaining]`` is the logarithm of the capital that one bet of the mixture needs with so many
    bets still to come. An experiment below all of them is hopeless: it can be continued with a larger budget, and
    nothing about its error depends on stopping (a test that may be stopped at any time may be stopped for this).
    """

    capitals: tuple[tuple[float, ...], ...]

    def least(self, bet: int, remaining: int) -> float:
        """What one bet's capital needs with so many bets still to come."""
        return self.capitals[bet][remaining]

    @property
    def bets(self) -> int:
        """The whole budget."""
        return len(self.capitals[0]) - 1


def floors(
    process: EProcess, *, effect: float, discordance: float, threshold: float, bets: int, chance: float
) -> Floors:
    """Capitals from which a candidate with the planned effect still promotes with a chance of ``chance``.

    The logarithm of a capital is taken as a Brownian motion with the drift and variance that differences of 1,
    0 and -1 with the planned mean and mean square give it, and the chance that it ever gets so far is that of the
    reflection principle (stochastic curtailment: Lan, Simon and Halperin 1982; Jennison and Turnbull 2000, ch. 10).
    """
    square = min(1.0, max(discordance, abs(effect)))
    chances = ((square + effect) / 2.0, (square - effect) / 2.0, 1.0 - square)
    growths = np.array([process.growth(difference) for difference in (1.0, -1.0, 0.0)])
    drifts = np.array(chances) @ growths
    spreads = np.sqrt(np.maximum(np.array(chances) @ growths**2 - drifts**2, 1e-12))
    needed = [math.log(threshold / weight) for weight in process.bets.weights]
    return Floors(
        capitals=tuple(
            tuple((need - _reach(drift, spread, bets, chance)).tolist())
            for need, drift, spread in zip(needed, drifts, spreads, strict=True)
        )
    )


def _reach(drift: float, spread: float, bets: int, chance: float) -> NDArray[np.float64]:
    """How far a capital gets with a chance of ``chance``, for 0 to ``bets`` bets."""
    times = np.arange(1.0, bets + 1.0)
    near = np.zeros(bets)
    far = np.maximum(drift * times, 0.0) + 8.0 * spread * np.sqrt(times)
    for _ in range(STEPS):
        middle = (near + far) / 2.0
        likely = _ever(middle, drift, spread, times) >= chance
        near, far = np.where(likely, middle, near), np.where(likely, far, middle)
    return np.concatenate([[0.0], near])


def _ever(
    distance: NDArray[np.float64], drift: float, spread: float, times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The chance that a Brownian motion gets so far within so many bets."""
    scale = spread * np.sqrt(times)
    direct = np.exp(log_ndtr((drift * times - distance) / scale))
    reflected = 2.0 * drift * distance / spread**2 + log_ndtr(-(drift * times + distance) / scale)
    return np.asarray(direct + np.exp(np.minimum(reflected, 0.0)))
