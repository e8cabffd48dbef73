"""The false discovery rate of a line of candidates without end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.gate.e_lond import LongRun
from benchmarks.gate.replay import Endings
from benchmarks.gate_bench.campaigns import Drawn, simulate
from benchmarks.gate_bench.draws import Floats, trinomial
from benchmarks.gate_bench.planned import Planned
from benchmarks.gate_bench.size import Size, generator_for

CANDIDATES = 60
LINE = Planned(effect=0.2, discordance=0.24, bets=150)


@dataclass(frozen=True, kw_only=True)
class Stream:
    """Useless candidates with a helpful one now and then; a part of all luck is common, as with one control."""

    helpful: float
    name: str = "stream"
    planned: Planned = LINE
    fresh_pairs: bool = True
    shared: float = 0.5

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """The luck that all candidates share."""
        return trinomial(
            generator, (campaigns, self.planned.bets), effect=0.0, discordance=self.planned.discordance
        )

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """Half of a useless candidate's differences are the common ones."""
        del past
        helps = generator.random(len(common)) < self.helpful
        own = trinomial(
            generator,
            common.shape,
            effect=np.where(helps, self.planned.effect, 0.0),
            discordance=self.planned.discordance,
        )
        is_shared = (generator.random(common.shape) < self.shared) & ~helps[:, None]
        return Drawn(differences=np.where(is_shared, common, own), helps=helps)


def long_run(size: Size) -> dict[str, Any]:
    """Of all promotions the mean share that does not help, at the worst moment and at the end."""
    found = {}
    for helpful in (0.0, 0.1, 0.3):
        course = simulate(
            Stream(helpful=helpful),
            campaigns=size.streams,
            candidates=CANDIDATES,
            generator=generator_for("long run", str(helpful)),
            opened=lambda _: LongRun(),
        )
        promotions = np.cumsum(course.promoted, axis=1)
        false = np.cumsum(course.promoted & ~course.helps, axis=1)
        rates = (false / np.maximum(promotions, 1)).mean(axis=0)
        power = course.promoted[course.helps].mean() if course.helps.any() else None
        found[f"{helpful:.0%} helpful"] = {
            "fdr_at_worst": float(rates.max()),
            "fdr": float(rates[-1]),
            "power": None if power is None else float(power),
        }
    return found
