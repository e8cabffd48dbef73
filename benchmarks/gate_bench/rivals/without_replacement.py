"""A correction for sampling without replacement, applied to the outcomes of runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import Tried, promoted


@dataclass(frozen=True, kw_only=True)
class WithoutReplacement:
    """Bets against "the runs of this experiment are no better on average": true of the runs is not true of the harness.

    What was won so far is taken off what may still come. That is right for cards in a deck; but a run that was not made
    has no outcome yet.
    """

    name: str = "without_replacement"
    idea: str = "a without-replacement correction over runs"
    source: str = "Waudby-Smith and Ramdas 2020, for populations that are finite"

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """One harness in both arms."""
        drawn = trinomial(generator, (experiments, ALONE.bets), effect=0.0, discordance=ALONE.discordance)
        bets = ALONE.start().better.bets
        before = np.cumsum(drawn, axis=1) - drawn
        null = np.clip(-before / (ALONE.bets - np.arange(ALONE.bets)), -0.99, 0.99)
        gain = (drawn - null) / (1.0 + null)
        wealth = sum(
            weight * np.exp(np.cumsum(np.log1p(stake * gain), axis=1))
            for weight, stake in zip(bets.weights, bets.stakes, strict=True)
        )
        return Tried(rival=(wealth >= ALONE.threshold).any(axis=1), gate=promoted(ALONE, drawn))
