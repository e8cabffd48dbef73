"""Keep what scored higher."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class Greedy:
    """Both arms run all tasks once, and the higher mean wins."""

    name: str = "greedy"
    idea: str = "keep what scored higher"
    source: str = "hill climbing, as most published loops that improve an agent do"
    pairs: int = 81

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One harness in both arms."""
        drawn = trinomial(generator, (experiments, ALONE.bets), effect=0.0, discordance=ALONE.discordance)
        return Tried(rival=drawn[:, : self.pairs].sum(axis=1) > 0.0, gate=promoted(ALONE, drawn))
