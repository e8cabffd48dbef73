"""The bets follow the suite's order, not a random one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import REPEATS, TASKS, suite_order
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class SuiteOrder:
    """The shipped test on tasks as they stand: a candidate that wins the first and loses the last looks like a find."""

    name: str = "suite_order"
    idea: str = "tasks in the suite's order"
    source: str = "the list that a suite happens to be; a suite's mean is a mean only in random order"
    changed: int = 10
    kept: float = 0.8  # of the changed tasks' runs differ

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """Better on the ten first tasks and worse on the ten last, which are harder."""
        by_task = np.zeros(TASKS)
        by_task[: self.changed], by_task[-self.changed :] = 1.0, -1.0
        differs = generator.random((experiments, REPEATS, TASKS)) < self.kept
        drawn = np.where(differs, by_task, 0.0)
        return Tried(
            rival=promoted(ALONE, drawn.reshape(experiments, -1)),
            gate=promoted(ALONE, suite_order(generator, drawn)),
        )
