"""A wealth that begins anew after each inconclusive try."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class FreshWealth:
    """The shipped test, tried up to five times: every beginning is another chance of 5 %."""

    name: str = "fresh_wealth"
    idea: str = "fresh wealth after each inconclusive try"
    source: str = "evidence of several tries is their product: Grunwald, de Heide and Koolen 2024"
    tries: int = 5

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One harness in both arms; the gate goes on with the wealth that it has."""
        drawn = trinomial(
            generator, (experiments, self.tries * ALONE.bets), effect=0.0, discordance=ALONE.discordance
        )
        parts = np.split(drawn, self.tries, axis=1)
        again = np.stack([promoted(ALONE, part) for part in parts], axis=1)
        return Tried(rival=np.asarray(again.any(axis=1)), gate=promoted(ALONE, drawn))
