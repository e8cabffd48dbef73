"""Only pairs count in which the mechanism fired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import passes
from benchmarks.gate_bench.planned import Planned
from benchmarks.gate_bench.rivals.rival import Tried, promoted

FAIR = Planned(effect=0.2, discordance=0.5, bets=160, candidates=1)


@dataclass(frozen=True, kw_only=True)
class FiredPairs:
    """The shipped test on a choice of pairs: a check that runs late is reached more often by runs that go well."""

    name: str = "fired_pairs"
    idea: str = "only pairs where the mechanism fired"
    source: str = "per-protocol instead of intention-to-treat analysis: Hernan and Robins 2017"
    passed: float = 0.6  # of the candidate's passing runs fire
    failed: float = 0.3

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One pass rate in both arms; firing changes nothing."""
        shape = (experiments, FAIR.bets)
        control = passes(generator, np.full(shape, 0.5), shape)
        candidate = passes(generator, np.full(shape, 0.5), shape)
        drawn = candidate - control
        fired = generator.random(shape) < np.where(candidate > 0.0, self.passed, self.failed)
        first = np.argsort(~fired, axis=1, kind="stable")[:, : FAIR.bets // 3]
        return Tried(
            rival=promoted(FAIR, np.take_along_axis(drawn, first, axis=1)), gate=promoted(FAIR, drawn)
        )
