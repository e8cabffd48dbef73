"""Useless candidates among helpful and harmful ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn
from benchmarks.gate_bench.draws import Floats, trinomial
from benchmarks.gate_bench.planned import SUITE, Planned


@dataclass(frozen=True, kw_only=True)
class AmongOthers:
    """Every campaign has so many of each, in a random order of its own; the rest of its candidates is useless."""

    name: str = "among_helpful_and_harmful"
    planned: Planned = SUITE
    fresh_pairs: bool = True
    candidates: int = 20
    harmful: int = 3
    helpful: int = 2

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """The true effect of each candidate."""
        effects = np.zeros(self.candidates)
        effects[: self.helpful] = self.planned.effect
        effects[self.helpful : self.helpful + self.harmful] = -self.planned.effect
        return np.asarray(generator.permuted(np.broadcast_to(effects, (campaigns, self.candidates)), axis=1))

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Single pairs with the candidate's effect."""
        effects = common[:, len(past)]
        shape = (len(common), self.planned.bets)
        differences = trinomial(generator, shape, effect=effects, discordance=self.planned.discordance)
        return Drawn(differences=differences, helps=effects > 0.0)
