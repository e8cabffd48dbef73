"""An experiment as the shipped planner fixes it: bets, threshold, budget and when the rest is given up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from benchmarks.gate.curtailment import curtailment
from benchmarks.gate.evidence import Evidence

HORIZON = 1.5  # times the pairs of the test of fixed size
ERROR_BUDGET = 0.05


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What an experiment is planned for; ``candidates`` share the error budget and ``bets`` are its own budget."""

    effect: float
    discordance: float
    bets: int
    candidates: int = 20
    margin: float | None = None

    @property
    def threshold(self) -> float:
        """The wealth that the first candidate of a campaign needs."""
        return self.candidates / ERROR_BUDGET

    def start(self) -> Evidence:
        """The evidence before the first bet, curtailed as a plan would be."""
        return _start(self)


@lru_cache(maxsize=64)
def _start(planned: Planned) -> Evidence:
    bare = Evidence.start(
        effect=planned.effect,
        discordance=planned.discordance,
        threshold=planned.threshold,
        margin=planned.margin,
    )

    def at(chance: float) -> Evidence:
        return bare.within(
            planned.bets, effect=planned.effect, discordance=planned.discordance, chance=chance
        )

    chance = curtailment(at, effect=planned.effect, discordance=planned.discordance, ahead=planned.bets)
    return at(chance) if chance else bare


SUITE = Planned(effect=0.1, discordance=0.2, bets=405)
"""+10 points where arms differ in 20 of 100 pairs, among 20 candidates: 81 tasks, five times each."""

ALONE = Planned(effect=0.1, discordance=0.2, bets=201, candidates=1)
"""The same for a candidate that has the whole error budget: what a nominal 5 % means."""

GROUPS = Planned(effect=0.1, discordance=0.16, bets=240)
"""+10 points by groups of three pairs each."""
