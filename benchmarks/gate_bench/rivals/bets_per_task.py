"""Bets learnt for each task from its earlier runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import REPEATS, TASKS
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class BetsPerTask:
    """Stakes only on tasks that the candidate has won so far: it finds that some are won, which nobody asked."""

    name: str = "bets_per_task"
    idea: str = "bets learnt per task"
    source: str = "predictable bets are fair against each draw's own mean (Waudby-Smith and Ramdas 2023), not the suite's"
    changed: int = 10
    kept: float = 0.5  # of the changed tasks' runs differ
    stake: float = 0.5

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """Ten tasks better and ten worse, in random order."""
        by_task = np.zeros(TASKS)
        by_task[: self.changed], by_task[-self.changed :] = 1.0, -1.0
        differs = generator.random((experiments, REPEATS, TASKS)) < self.kept
        drawn = np.where(differs, by_task, 0.0)
        order = np.argsort(generator.random(drawn.shape), axis=2)
        before = np.cumsum(drawn, axis=1) - drawn
        growth = np.log1p(np.where(before > 0.0, self.stake, 0.0) * drawn)
        wealth = np.cumsum(np.take_along_axis(growth, order, axis=2).reshape(experiments, -1), axis=1)
        return Tried(
            rival=(wealth >= np.log(ALONE.threshold)).any(axis=1),
            gate=promoted(ALONE, np.take_along_axis(drawn, order, axis=2).reshape(experiments, -1)),
        )
