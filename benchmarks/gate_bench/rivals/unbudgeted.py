"""Every candidate has the whole error budget to itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.gate_bench.campaigns import simulate
from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.planned import ALONE, SUITE
from benchmarks.gate_bench.rivals.rival import Tried, promoted
from benchmarks.gate_bench.scenarios.among_others import AmongOthers


@dataclass(frozen=True, kw_only=True)
class Unbudgeted:
    """The shipped test without the shipped campaign: a sound 5 %, twenty times."""

    name: str = "unbudgeted"
    idea: str = "5 % for each of twenty candidates"
    source: str = "multiple comparisons: Dunn 1961"
    candidates: int = 20
    cheaper: int = 10  # a campaign stands for so many experiments

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """Campaigns of twenty useless candidates."""
        campaigns = max(100, experiments // self.cheaper)
        drawn = trinomial(
            generator,
            (campaigns * self.candidates, ALONE.bets),
            effect=0.0,
            discordance=ALONE.discordance,
        )
        each = promoted(ALONE, drawn).reshape(campaigns, self.candidates)
        useless = replace(AmongOthers(), planned=SUITE, harmful=0, helpful=0)
        course = simulate(useless, campaigns=campaigns, candidates=self.candidates, generator=generator)
        return Tried(rival=np.asarray(each.any(axis=1)), gate=course.erred[:, -1])
