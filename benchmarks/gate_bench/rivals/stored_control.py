"""The control's score is one from the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import pass_rates, passes
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class StoredControl:
    """The shipped test against stored runs, after the model behind both arms has become better."""

    name: str = "stored_control"
    idea: str = "a stored control after drift"
    source: str = "historical controls: Pocock 1976"
    cured: float = 0.2  # of all failures, since the control was run

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One harness in both arms; what runs it drifted by ten points between the stored runs and now."""
        shape = (experiments, ALONE.bets)
        before = pass_rates(generator, shape, ALONE.discordance)
        now = before + self.cured * (1.0 - before)
        stored, control, candidate = (passes(generator, rates, shape) for rates in (before, now, now))
        return Tried(rival=promoted(ALONE, candidate - stored), gate=promoted(ALONE, candidate - control))
