"""The same harness in both arms: nothing differs but luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn
from benchmarks.gate_bench.draws import REPEATS, TASKS, Floats, pass_rates, passes, suite_order
from benchmarks.gate_bench.planned import SUITE, Planned


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Claim ``suite``: tasks with pass rates of their own, run afresh by both arms for each candidate."""

    name: str
    discordance: float
    planned: Planned = SUITE
    fresh_pairs: bool = True

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """The tasks' pass rates."""
        return pass_rates(generator, (campaigns, 1, TASKS), self.discordance)

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Two runs of each pair, nothing between them."""
        del past
        shape = (len(common), REPEATS, TASKS)
        differences = passes(generator, common, shape) - passes(generator, common, shape)
        return Drawn(
            differences=suite_order(generator, differences), helps=np.zeros(len(common), dtype=np.bool_)
        )
