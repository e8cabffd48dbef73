"""What a plan can detect, computed exactly before anything is run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.gate.e_process import EProcess
from benchmarks.gate.evidence import WORSE, Evidence
from benchmarks.gate.futility import FUTILE

POWER = 0.8  # the chance at which an effect counts as detectable
MAX_BETS = 400  # the grid grows with the square; more bets than this only detect more
RESOLUTION = 0.005

Grid = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Prospects:
    """Chances of each ending within the budget, and the mean number of bets until it."""

    reached: float
    worse: float
    futile: float
    bets: float


def prospects(start: Evidence, *, effect: float, discordance: float, bets: int) -> Prospects:
    """How an experiment ends whose differences are +1, 0 or -1 with this true mean and mean square.

    Exact: the wealth depends only on how many of each were seen, so the distribution over these counts is
    carried forward bet by bet, and what has crossed a threshold is taken out.
    """
    bets = min(bets, MAX_BETS)
    discordance = min(1.0, max(discordance, abs(effect)))
    win, loss = (discordance + effect) / 2.0, (discordance - effect) / 2.0
    alive: Grid = np.zeros((bets + 1, bets + 1))
    alive[0, 0] = 1.0
    ended = np.zeros(3)
    mean_bets = 0.0
    for bet in range(1, bets + 1):
        mean_bets += float(alive.sum())
        moved = alive * (1.0 - win - loss)
        moved[1:, :] += win * alive[:-1, :]
        moved[:, 1:] += loss * alive[:, :-1]
        for index, crossed in enumerate(_crossings(start, bet, bets)):
            ended[index] += float(moved[crossed].sum())
            moved[crossed] = 0.0
        alive = moved
    return Prospects(reached=float(ended[0]), worse=float(ended[1]), futile=float(ended[2]), bets=mean_bets)


def smallest_detectable_effect(start: Evidence, *, discordance: float, bets: int) -> float | None:
    """The smallest true effect that is promoted with a chance of ``POWER``; ``None`` if even 1 is not."""
    low, high = 0.0, 1.0
    if prospects(start, effect=1.0, discordance=discordance, bets=bets).reached < POWER:
        return None
    while high - low > RESOLUTION:
        middle = (low + high) / 2.0
        if prospects(start, effect=middle, discordance=discordance, bets=bets).reached >= POWER:
            high = middle
        else:
            low = middle
    return high


def _crossings(start: Evidence, bet: int, bets: int) -> tuple[NDArray[np.bool_], ...]:
    """Which counts of wins (rows) and losses (columns) end the experiment, in the order of ``Stop``."""
    return (
        _wealth(start.better, bet, bets) >= start.threshold,
        _wealth(start.worse, bet, bets) >= WORSE,
        _wealth(start.futile, bet, bets) >= FUTILE,
    )


def _wealth(process: EProcess, bet: int, bets: int) -> Grid:
    wins = np.arange(bets + 1)[:, None]
    losses = np.arange(bets + 1)[None, :]
    ties = np.maximum(bet - wins - losses, 0)
    growth = zip(process.growth(1.0), process.growth(-1.0), process.growth(0.0), strict=True)
    total: Grid = np.zeros((bets + 1, bets + 1))
    for weight, (win, loss, tie) in zip(process.bets.weights, growth, strict=True):
        total += weight * np.exp(wins * win + losses * loss + ties * tie)
    return total
