"""Ten tasks are solved for good and ten are lost for good: no better, only different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn
from benchmarks.gate_bench.draws import REPEATS, TASKS, Floats, suite_order
from benchmarks.gate_bench.planned import SUITE, Planned

CHANGED = 10


@dataclass(frozen=True, kw_only=True)
class Opposed:
    """Claim ``suite``: what is won on ten tasks is lost on ten others, in every run."""

    name: str = "ten_better_ten_worse"
    planned: Planned = SUITE
    fresh_pairs: bool = True

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """Each task's difference."""
        del generator
        by_task = np.zeros(TASKS)
        by_task[:CHANGED], by_task[CHANGED : 2 * CHANGED] = 1.0, -1.0
        return np.broadcast_to(by_task, (campaigns, REPEATS, TASKS))

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """The same differences in a new random order."""
        del past
        return Drawn(differences=suite_order(generator, common), helps=np.zeros(len(common), dtype=np.bool_))
