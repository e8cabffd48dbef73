"""One control arm serves all candidates of a campaign: its luck is theirs in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn
from benchmarks.gate_bench.draws import REPEATS, TASKS, Floats, pass_rates, passes, suite_order
from benchmarks.gate_bench.planned import SUITE, Planned


@dataclass(frozen=True, kw_only=True)
class SharedControl:
    """Claim ``suite``: every candidate is compared with the same runs of the control, so no share comes back."""

    name: str = "shared_control"
    planned: Planned = SUITE
    fresh_pairs: bool = False

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """The tasks' pass rates in the first row, then the control's runs."""
        rates = pass_rates(generator, (campaigns, 1, TASKS), 0.2)
        return np.concatenate([rates, passes(generator, rates, (campaigns, REPEATS, TASKS))], axis=1)

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Fresh runs of the candidate only."""
        del past
        candidate = passes(generator, common[:, :1], (len(common), REPEATS, TASKS))
        return Drawn(
            differences=suite_order(generator, candidate - common[:, 1:]),
            helps=np.zeros(len(common), dtype=np.bool_),
        )
