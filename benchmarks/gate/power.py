"""What a plan can detect, computed exactly before anything is run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.gate.e_process import EProcess
from benchmarks.gate.evidence import SUSPECT, WORSE, Evidence, Stop
from benchmarks.gate.futility import FUTILE

POWER = 0.8  # the chance at which an effect counts as detectable
MAX_BETS = 200  # the grid grows with the cube; more bets than this only detect more
RESOLUTION = 0.005

_Floats = NDArray[np.float64]
_Masks = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Prospects:
    """Chances of each ending within the budget, and the mean number of bets until it."""

    reached: float
    worse: float
    futile: float
    bets: float


def prospects(start: Evidence, *, effect: float, discordance: float, bets: int) -> Prospects:
    """How an experiment ends whose differences are +1, 0 or -1 with this true mean and mean square.

    Exact: the evidence depends only on how many of each were seen, so the distribution over these counts is
    carried forward bet by bet, and what has stopped is taken out. Looks at most ``MAX_BETS`` bets ahead.
    """
    return _forecast(_endings(start, min(bets, MAX_BETS)), effect=effect, discordance=discordance)


def smallest_detectable_effect(start: Evidence, *, discordance: float, bets: int) -> float | None:
    """The smallest true effect that is promoted with a chance of ``POWER``; ``None`` if even 1 is not."""
    endings = _endings(start, min(bets, MAX_BETS))
    low, high = 0.0, 1.0
    if _forecast(endings, effect=1.0, discordance=1.0).reached < POWER:
        return None
    while high - low > RESOLUTION:
        middle = (low + high) / 2.0
        if _forecast(endings, effect=middle, discordance=discordance).reached >= POWER:
            high = middle
        else:
            low = middle
    return high


def _forecast(endings: list[dict[Stop, _Masks]], *, effect: float, discordance: float) -> Prospects:
    square = min(1.0, max(discordance, abs(effect)))
    win, loss = (square + effect) / 2.0, (square - effect) / 2.0
    alive: _Floats = np.ones((1, 1))
    ended = dict.fromkeys(Stop, 0.0)
    mean_bets = 0.0
    for masks in endings:
        mean_bets += float(alive.sum())
        moved: _Floats = np.zeros((len(alive) + 1, len(alive) + 1))
        moved[:-1, :-1] = (1.0 - square) * alive
        moved[1:, :-1] += win * alive
        moved[:-1, 1:] += loss * alive
        for stop, mask in masks.items():
            ended[stop] += float(moved[mask].sum())
            moved[mask] = 0.0
        alive = moved
    return Prospects(
        reached=ended[Stop.REACHED], worse=ended[Stop.WORSE], futile=ended[Stop.FUTILE], bets=mean_bets
    )


def _endings(start: Evidence, bets: int) -> list[dict[Stop, _Masks]]:
    """For each bet, which counts of wins (rows) and losses (columns) end the experiment, and how."""
    return [_ending(start, bet) for bet in range(1, bets + 1)]


def _ending(start: Evidence, bet: int) -> dict[Stop, _Masks]:
    """The rule of ``Evidence.stop`` for all counts at once; what comes first takes a count out."""
    worse = _wealth(start.worse, bet)
    return {
        Stop.REACHED: _wealth(start.better, bet) >= start.threshold,
        Stop.WORSE: worse >= WORSE,
        Stop.FUTILE: (_wealth(start.futile, bet) >= FUTILE) & (worse < SUSPECT),
    }


def _wealth(process: EProcess, bet: int) -> _Floats:
    wins, losses = np.arange(bet + 1)[:, None], np.arange(bet + 1)[None, :]
    ties = np.maximum(bet - wins - losses, 0)
    growths = zip(process.growth(1.0), process.growth(-1.0), process.growth(0.0), strict=True)
    total: _Floats = np.zeros((bet + 1, bet + 1))
    for weight, (win, loss, tie) in zip(process.bets.weights, growths, strict=True):
        total += weight * np.exp(wins * win + losses * loss + ties * tie)
    return total
