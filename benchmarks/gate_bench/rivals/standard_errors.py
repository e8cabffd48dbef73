"""The mean is more than two standard errors above zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class StandardErrors:
    """A rule of thumb that would hold for one look, asked after every ten pairs."""

    name: str = "standard_errors"
    idea: str = "mean > 2 standard errors, looked at after every ten pairs"
    source: str = "the usual error bar; what repeating it does: Armitage, McPherson and Rowe 1969"
    errors: float = 2.0
    every: int = 10

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One harness in both arms."""
        drawn = trinomial(generator, (experiments, ALONE.bets), effect=0.0, discordance=ALONE.discordance)
        count = np.arange(1, ALONE.bets + 1)
        mean = np.cumsum(drawn, axis=1) / count
        variance = np.cumsum(drawn**2, axis=1) / count - mean**2
        ahead = mean > self.errors * np.sqrt(variance / count)
        found = np.asarray(ahead[:, self.every - 1 :: self.every].any(axis=1))
        return Tried(rival=found, gate=promoted(ALONE, drawn))
