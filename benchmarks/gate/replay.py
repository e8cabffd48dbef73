"""Many experiments at once, by the gate's own gains and its own rule: for planning and for the bench."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.gate.e_process import EProcess
from benchmarks.gate.evidence import Evidence, Stop, stops

BLOCK = 32  # bets taken at a time: what has ended is not carried on
LARGEST = 700.0  # an exponential beyond this is infinite
STOPS: tuple[Stop, ...] = (Stop.REACHED, Stop.WORSE, Stop.FUTILE, Stop.HOPELESS, Stop.BUDGET)

_Floats = NDArray[np.float64]
_Whole = NDArray[np.int64]
_Capitals = list[list[_Floats]]


@dataclass(frozen=True, kw_only=True)
class Endings:
    """How each experiment ended: ``stop`` indexes ``STOPS``, ``bets`` counts to the last one made.

    ``wealth`` is that of the bets that it helps, ``effect`` the mean difference, both at the stop.
    """

    stop: _Whole
    bets: _Whole
    wealth: _Floats
    effect: _Floats

    def share(self, stop: Stop) -> float:
        """The share of the experiments that ended so."""
        return float(np.mean(self.stop == STOPS.index(stop)))


def replay(start: Evidence, differences: _Floats, *, thresholds: _Floats | None = None) -> Endings:
    """The endings of experiments whose differences, within -1..1, stand in the rows in their planned order.

    ``thresholds`` gives each row its own, as a campaign whose shares come back does; else all have that of ``start``.
    Row by row the same as ``Evidence.after`` and ``Evidence.stop``, at about a tenth of a microsecond a bet.
    """
    count, bets = differences.shape
    ended = Endings(
        stop=np.full(count, STOPS.index(Stop.BUDGET)),
        bets=np.full(count, bets),
        wealth=np.ones(count),
        effect=differences.mean(axis=1) if bets else np.zeros(count),
    )
    alive = np.arange(count)
    needed = np.full(count, start.threshold) if thresholds is None else thresholds
    processes = (start.better, start.worse, start.futile)
    capitals: _Capitals = [[np.full(count, capital) for capital in process.capitals] for process in processes]
    for first in range(0, bets, BLOCK):
        going, capitals = _block(start, needed, differences, ended, alive, capitals, first)
        alive = alive[going]
        if not len(alive):
            break
    return ended


def ever_refuted(
    process: EProcess, differences: _Floats, *, mean: float, threshold: float, looks: _Whole | None = None
) -> NDArray[np.bool_]:
    """For each row, whether the bets against ``mean`` ever reach the threshold, within its first ``looks`` bets.

    This is what "the interval excludes the mean at some look" comes to, without computing the interval.
    """
    against = process.against(mean)
    capitals = [np.zeros(len(differences)) for _ in against.bets.stakes]
    wealth = _wealth(against, _grow(against, capitals, differences))
    reached = wealth >= threshold
    if looks is not None:
        reached &= np.arange(differences.shape[1])[None, :] < looks[:, None]
    return np.asarray(reached.any(axis=1))


def _block(
    start: Evidence,
    needed: _Floats,
    differences: _Floats,
    ended: Endings,
    alive: _Whole,
    capitals: _Capitals,
    first: int,
) -> tuple[NDArray[np.bool_], _Capitals]:
    """Bets of one block: writes the endings, and returns which go on with which capitals."""
    block = differences[alive, first : first + BLOCK]
    processes = (start.better, start.worse, start.futile)
    grown = [_grow(process, held, block) for process, held in zip(processes, capitals, strict=True)]
    wealths = [_wealth(process, held) for process, held in zip(processes, grown, strict=True)]
    seen = start.bets + first + 1 + np.arange(block.shape[1])
    rule = stops(
        needed[alive][:, None],
        better=wealths[0],
        worse=wealths[1],
        futile=wealths[2],
        is_hopeless=_hopeless(start, grown[0], seen, needed[alive]),
    )
    reason = np.full(block.shape, len(STOPS) - 1)
    for stop, holds in reversed(list(rule.items())):
        reason[holds] = STOPS.index(stop)
    stopped = reason < len(STOPS) - 1
    is_over = np.asarray(stopped.any(axis=1))
    last = np.where(is_over, stopped.argmax(axis=1), block.shape[1] - 1)
    rows = np.arange(len(alive))
    ended.wealth[alive] = wealths[0][rows, last]
    over, at = alive[is_over], last[is_over]
    ended.stop[over] = reason[is_over, at]
    ended.bets[over] = first + at + 1
    made = np.arange(differences.shape[1])[None, :] < ended.bets[over][:, None]
    ended.effect[over] = (differences[over] * made).sum(axis=1) / ended.bets[over]
    return np.asarray(~is_over), [[capital[~is_over, -1] for capital in held] for held in grown]


def _grow(process: EProcess, capitals: list[_Floats], block: _Floats) -> list[_Floats]:
    """The logarithm of each bet's capital after each bet of the block."""
    gains = process.gain(block)
    return [
        capital[:, None] + np.cumsum(np.log1p(stake * gains), axis=1)
        for stake, capital in zip(process.bets.stakes, capitals, strict=True)
    ]


def _wealth(process: EProcess, capitals: list[_Floats]) -> _Floats:
    total: _Floats = np.zeros(capitals[0].shape)
    for weight, capital in zip(process.bets.weights, capitals, strict=True):
        total += weight * np.exp(np.minimum(capital, LARGEST))
    return total


def _hopeless(start: Evidence, capitals: list[_Floats], seen: _Whole, needed: _Floats) -> NDArray[np.bool_]:
    """``Evidence.is_hopeless`` for a block, look by look; another threshold moves the floors by its logarithm."""
    if start.floors is None:
        return np.zeros(capitals[0].shape, dtype=np.bool_)
    moved = np.log(needed / start.threshold)
    looks = [
        np.broadcast_to(
            start.is_hopeless(tuple(capital[:, look] - moved for capital in capitals), int(bets)),
            len(moved),
        )
        for look, bets in enumerate(seen)
    ]
    return np.stack(looks, axis=1)
