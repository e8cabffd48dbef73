"""What a plan can detect, computed exactly before anything is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.gate.e_process import EProcess
from benchmarks.gate.evidence import Evidence, Stop, stops

POWER = 0.8  # the chance at which an effect counts as detectable
MAX_BETS = 2000  # more bets than this only detect more; a forecast of so many takes about a second
RESOLUTION = 0.005
NEGLIGIBLE = 1e-12  # counts at the rim that are less likely than this are given up
LARGEST = 350.0  # exponents beyond this are as good as infinite, and two of them can be multiplied

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Prospects:
    """Chances of each ending within the budget, and the mean number of bets until it."""

    reached: float
    worse: float
    futile: float
    bets: float
    hopeless: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Window:
    """The chances of all counts that are still likely: wins from ``wins`` on (rows), losses likewise (columns)."""

    alive: _Floats
    wins: int = 0
    losses: int = 0

    def after(self, win: float, loss: float) -> _Window:
        """One more bet."""
        rows, columns = self.alive.shape
        moved: _Floats = np.zeros((rows + 1, columns + 1))
        moved[:-1, :-1] = (1.0 - win - loss) * self.alive
        moved[1:, :-1] += win * self.alive
        moved[:-1, 1:] += loss * self.alive
        return _Window(alive=moved, wins=self.wins, losses=self.losses)

    def trimmed(self) -> _Window:
        """Without the rim that nothing likely reaches."""
        rows = np.flatnonzero(self.alive.sum(axis=1) > NEGLIGIBLE)
        columns = np.flatnonzero(self.alive.sum(axis=0) > NEGLIGIBLE)
        if not len(rows) or not len(columns):
            return _Window(alive=np.zeros((0, 0)), wins=self.wins, losses=self.losses)
        return _Window(
            alive=self.alive[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1],
            wins=self.wins + int(rows[0]),
            losses=self.losses + int(columns[0]),
        )

    def capitals(self, process: EProcess, bets: int) -> tuple[_Floats, ...]:
        """The logarithm of each bet's capital at each count."""
        return tuple(rows + columns for rows, columns in self._parts(process, bets))

    def wealth(self, process: EProcess, bets: int) -> _Floats:
        """The mixture's wealth at each count."""
        total: _Floats = np.zeros(self.alive.shape)
        for weight, (rows, columns) in zip(process.bets.weights, self._parts(process, bets), strict=True):
            total += (weight * np.exp(np.minimum(rows, LARGEST))) * np.exp(np.minimum(columns, LARGEST))
        return total

    def _parts(self, process: EProcess, bets: int) -> Iterator[tuple[_Floats, _Floats]]:
        """For each bet what adds up to its logarithm: a column by wins, with all that is the same, a row by losses."""
        wins: _Floats = self.wins + np.arange(self.alive.shape[0], dtype=np.float64)[:, None]
        losses: _Floats = self.losses + np.arange(self.alive.shape[1], dtype=np.float64)[None, :]
        growths = zip(
            process.capitals, process.growth(1.0), process.growth(-1.0), process.growth(0.0), strict=True
        )
        for held, win, loss, tie in growths:
            yield held + bets * tie + wins * (win - tie), losses * (loss - tie)


def prospects(start: Evidence, *, effect: float, discordance: float, bets: int) -> Prospects:
    """How an experiment ends whose further differences are +1, 0 or -1 with this true mean and mean square.

    ``bets`` are counted from ``start``, which may have seen some already. Exact: the evidence depends only on how many of each were seen, so the distribution over these counts is
    carried forward bet by bet, and what has stopped is taken out. Looks at most ``MAX_BETS`` bets ahead.
    """
    ended = dict.fromkeys(Stop, 0.0)
    mean_bets = 0.0
    for alive, stopped in _forecast(start, effect=effect, discordance=discordance, bets=bets):
        mean_bets += alive
        for stop, chance in stopped.items():
            ended[stop] += chance
    return Prospects(
        reached=ended[Stop.REACHED],
        worse=ended[Stop.WORSE],
        futile=ended[Stop.FUTILE],
        hopeless=ended[Stop.HOPELESS],
        bets=mean_bets,
    )


def bets_needed(
    start: Evidence, *, effect: float, discordance: float, power: float = POWER, at_most: int = MAX_BETS
) -> int | None:
    """The least budget that promotes this effect with a chance of ``power``; ``None`` if ``at_most`` does not."""
    reached = 0.0
    forecast = _forecast(start, effect=effect, discordance=discordance, bets=at_most)
    for bets, (_, stopped) in enumerate(forecast, start=1):
        reached += stopped[Stop.REACHED]
        if reached >= power:
            return bets
    return None


def smallest_detectable_effect(
    start: Evidence, *, discordance: float, bets: int, power: float = POWER
) -> float | None:
    """The smallest true effect that is promoted with a chance of ``power``; ``None`` if even 1 is not."""

    def reached(effect: float) -> float:
        return prospects(start, effect=effect, discordance=discordance, bets=bets).reached

    low, high = start.better.null, 1.0
    if reached(high) < power:
        return None
    while high - low > RESOLUTION:
        middle = (low + high) / 2.0
        low, high = (low, middle) if reached(middle) >= power else (middle, high)
    return high


def _forecast(
    start: Evidence, *, effect: float, discordance: float, bets: int
) -> Iterator[tuple[float, dict[Stop, float]]]:
    """For each bet: the chance that it is made at all, and how it ends the experiment."""
    square = min(1.0, max(discordance, abs(effect)))
    win, loss = (square + effect) / 2.0, (square - effect) / 2.0
    window = _Window(alive=np.ones((1, 1)))
    for bet in range(1, min(bets, MAX_BETS) + 1):
        made = float(window.alive.sum())
        if not window.alive.size:
            return
        window = window.after(win, loss)
        yield made, _end(start, window, bet)
        window = window.trimmed()


def _end(start: Evidence, window: _Window, bet: int) -> dict[Stop, float]:
    """Take out of the window what stops now; what comes first takes a count out."""
    rule = stops(
        start.threshold,
        better=window.wealth(start.better, bet),
        worse=window.wealth(start.worse, bet),
        futile=window.wealth(start.futile, bet),
        is_hopeless=start.is_hopeless(window.capitals(start.better, bet), start.bets + bet),
    )
    ended = {}
    for stop, holds in rule.items():
        ended[stop] = float(window.alive[holds].sum())
        window.alive[holds] = 0.0
    return ended
