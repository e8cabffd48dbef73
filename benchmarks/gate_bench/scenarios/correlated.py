"""Tasks of one group that rise and fall together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn
from benchmarks.gate_bench.draws import REPEATS, TASKS, Floats, suite_order
from benchmarks.gate_bench.planned import GROUPS, SUITE, Planned

RUNS = 3
SHIFT = 0.4  # of a group's pass rate, up or down
SHARED = 0.8  # of the candidates have their groups' luck in common


@dataclass(frozen=True, kw_only=True)
class CorrelatedGroups:
    """Claim ``groups``: groups drawn from a population in which as many gain as lose, alike for most candidates."""

    name: str = "correlated_groups"
    planned: Planned = GROUPS
    fresh_pairs: bool = True

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """What each group gains or loses."""
        return np.asarray(generator.choice([-SHIFT, 0.0, SHIFT], size=(campaigns, self.planned.bets)))

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Three runs of each arm; a candidate in five has effects of its own."""
        del past
        own = self.common(len(common), generator)
        shift = np.where(generator.random((len(common), 1)) < SHARED, common, own)
        differences = (
            generator.binomial(RUNS, 0.5 + shift) - generator.binomial(RUNS, 0.5, shift.shape)
        ) / RUNS
        return Drawn(differences=differences, helps=np.zeros(len(common), dtype=np.bool_))


@dataclass(frozen=True, kw_only=True)
class CorrelatedSuite:
    """Claim ``suite``: nine groups of nine tasks, four of them gain what four others lose, for every candidate."""

    name: str = "correlated_suite"
    planned: Planned = SUITE
    fresh_pairs: bool = True

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """What the tasks of each group gain or lose."""
        by_group = np.broadcast_to(np.repeat([SHIFT, -SHIFT, 0.0], [4, 4, 1]), (campaigns, 9))
        return np.repeat(generator.permuted(by_group, axis=1), TASKS // 9, axis=1)[:, None, :]

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Two runs of each pair."""
        del past
        shape = (len(common), REPEATS, TASKS)
        differences = (generator.random(shape) < 0.5 + common).astype(np.float64) - (
            generator.random(shape) < 0.5
        )
        return Drawn(
            differences=suite_order(generator, differences), helps=np.zeros(len(common), dtype=np.bool_)
        )
