"""Candidates that are proposed with an eye on how earlier ones fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn
from benchmarks.gate_bench.draws import REPEATS, TASKS, Bools, Floats, suite_order
from benchmarks.gate_bench.planned import SUITE, Planned

CHANGED = 1
LOUD, QUIET = 0.4, 0.2  # how much of the rest differs by luck


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Claim ``suite``: after luck the next candidate repeats the change and adds noise, else it is another, quiet one.

    Each wins on one task what it loses on another, so none helps; the rest is luck.
    """

    name: str = "chosen_from_verdicts"
    planned: Planned = SUITE
    fresh_pairs: bool = True

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """The first change: which tasks it wins and loses."""
        by_task = np.zeros((campaigns, 1, TASKS))
        by_task[..., :CHANGED], by_task[..., CHANGED : 2 * CHANGED] = 1.0, -1.0
        return np.asarray(generator.permuted(by_task, axis=2))

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Where the last one ended ahead the same tasks and much noise, else other tasks and little."""
        count = len(common)
        was_lucky: Bools = past[-1].effect > 0.0 if past else np.zeros(count, dtype=np.bool_)
        change = np.where(was_lucky[:, None, None], common, generator.permuted(common, axis=2))
        noise = np.where(was_lucky, LOUD, QUIET)[:, None, None] / 2.0
        drawn = generator.random((count, REPEATS, TASKS))
        luck = (drawn < noise).astype(np.float64) - (drawn > 1.0 - noise).astype(np.float64)
        differences = np.where(change == 0.0, luck, change)
        return Drawn(differences=suite_order(generator, differences), helps=np.zeros(count, dtype=np.bool_))
