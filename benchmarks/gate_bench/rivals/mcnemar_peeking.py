"""McNemar's exact test, looked at again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class McNemarPeeking:
    """A test of fixed size, asked after every ten pairs, until it says yes."""

    name: str = "mcnemar_peeking"
    idea: str = "McNemar's exact test at 5 % after every ten pairs"
    source: str = "McNemar 1947; what repeating it does: Armitage, McPherson and Rowe 1969"
    every: int = 10

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One harness in both arms."""
        drawn = trinomial(generator, (experiments, ALONE.bets), effect=0.0, discordance=ALONE.discordance)
        looks = slice(self.every - 1, None, self.every)
        won = np.cumsum(drawn > 0.0, axis=1)[:, looks]
        differing = np.cumsum(drawn != 0.0, axis=1)[:, looks]
        significant = binom.sf(won - 1, differing, 0.5) <= 0.05
        return Tried(rival=significant.any(axis=1), gate=promoted(ALONE, drawn))
