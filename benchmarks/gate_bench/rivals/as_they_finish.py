"""Results enter as they finish, and failures take longer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import Bools, Floats, passes
from benchmarks.gate_bench.planned import Planned
from benchmarks.gate_bench.rivals.rival import Tried, promoted

FAIR = Planned(effect=0.2, discordance=0.5, bets=160, candidates=1)


@dataclass(frozen=True, kw_only=True)
class AsTheyFinish:
    """The shipped test on the order of finishing: the candidate's failures run to their limit and are counted late."""

    name: str = "as_they_finish"
    idea: str = "results as they finish, with slow failures"
    source: str = "length-biased sampling: Cox 1969"
    in_flight: int = 32
    slow: float = 20.0  # times as long as any other run

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One pass rate in both arms; only the candidate's failures are slow."""
        shape = (experiments, FAIR.bets)
        control = passes(generator, np.full(shape, 0.5), shape)
        candidate = passes(generator, np.full(shape, 0.5), shape)
        order = np.argsort(self._finished(candidate == 0.0, generator), axis=1)
        drawn = candidate - control
        return Tried(
            rival=promoted(FAIR, np.take_along_axis(drawn, order, axis=1)), gate=promoted(FAIR, drawn)
        )

    def _finished(self, failed: Bools, generator: np.random.Generator) -> Floats:
        """When each pair is done, with so many in flight; the next starts where a place is free."""
        experiments, pairs = failed.shape
        seconds = np.where(failed, self.slow, 1.0) * generator.uniform(0.8, 1.2, size=failed.shape)
        places = np.zeros((experiments, self.in_flight))
        rows = np.arange(experiments)
        finished = np.zeros(failed.shape)
        for pair in range(pairs):
            place = places.argmin(axis=1)
            places[rows, place] += seconds[:, pair]
            finished[:, pair] = places[rows, place]
        return finished
