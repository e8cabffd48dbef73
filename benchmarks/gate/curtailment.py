"""How readily the rest of a budget is given up: as readily as leaves the planned effect its power."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.gate.evidence import Evidence
from benchmarks.gate.power import POWER, prospects

CHANCES = (0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01)
"""Of deciding, if the planned effect is there, below which the rest of a budget may be given up."""


def curtailment(
    start: Callable[[float], Evidence], *, effect: float, discordance: float, ahead: int
) -> float:
    """The largest of ``CHANCES`` with which the planned effect keeps its power in ``ahead`` bets; 0 never gives up.

    ``start`` is the evidence with the floors of a chance. The power falls as the chance grows, so halving finds it:
    at most five forecasts.
    """

    def suffices(chance: float) -> bool:
        return prospects(start(chance), effect=effect, discordance=discordance, bets=ahead).reached >= POWER

    if suffices(CHANCES[0]):
        return CHANCES[0]
    refused, possible = 0, len(CHANCES)
    while possible - refused > 1:
        middle = (refused + possible) // 2
        refused, possible = (refused, middle) if suffices(CHANCES[middle]) else (middle, possible)
    return CHANCES[possible] if possible < len(CHANCES) else 0.0
