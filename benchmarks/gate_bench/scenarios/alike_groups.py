"""The same harness in both arms, judged by groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn
from benchmarks.gate_bench.draws import Floats, pass_rates
from benchmarks.gate_bench.planned import GROUPS, Planned

RUNS = 3


@dataclass(frozen=True, kw_only=True)
class AlikeGroups:
    """Claim ``groups``: one bet for each group, the mean of three pairs."""

    name: str = "a_a_groups"
    planned: Planned = GROUPS
    fresh_pairs: bool = True

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """The groups' pass rates."""
        return pass_rates(generator, (campaigns, self.planned.bets), 0.25)

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Three runs of each arm, nothing between them."""
        del past
        differences = (generator.binomial(RUNS, common) - generator.binomial(RUNS, common)) / RUNS
        return Drawn(differences=differences, helps=np.zeros(len(common), dtype=np.bool_))
