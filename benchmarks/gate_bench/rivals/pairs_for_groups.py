"""Bets on pairs, read as a claim about new tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.gate_bench.draws import suite_order
from benchmarks.gate_bench.planned import Planned
from benchmarks.gate_bench.rivals.rival import Tried, promoted

PAIRS = Planned(effect=0.1, discordance=0.5, bets=800, candidates=1)


@dataclass(frozen=True, kw_only=True)
class PairsForGroups:
    """The shipped test of claim ``suite``, whose promotion is then said of tasks that it has never seen."""

    name: str = "pairs_for_groups"
    idea: str = "bets on pairs read as a claim about new tasks"
    source: str = "pseudoreplication: Hurlbert 1984"
    tasks: int = 20
    repeats: int = 40
    shift: float = 0.4  # of a task's pass rate, up or down as often

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """Tasks drawn from a population in which as many gain as lose; the gate bets once on each."""
        shift = generator.choice([-self.shift, 0.0, self.shift], size=(experiments, 1, self.tasks))
        shape = (experiments, self.repeats, self.tasks)
        drawn = (generator.random(shape) < 0.5 + shift).astype(np.float64) - (generator.random(shape) < 0.5)
        by_task = replace(PAIRS, discordance=0.15, bets=self.tasks)
        return Tried(
            rival=promoted(PAIRS, suite_order(generator, drawn)),
            gate=promoted(by_task, drawn.mean(axis=1)),
        )
