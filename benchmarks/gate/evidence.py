"""All that the statistics know of one candidate, and when they are done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from benchmarks.gate.e_process import EProcess, planned_bets
from benchmarks.gate.futility import FUTILE, futility_process

WORSE = 20.0  # a harmless candidate is called worse with a chance of at most 1/20
SUSPECT = 3.0  # a futile candidate that looks this harmful is followed until harm is shown or looks unlikely


class Stop(StrEnum):
    """Why the betting ended."""

    REACHED = "reached"
    WORSE = "worse"
    FUTILE = "futile"
    BUDGET = "budget"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Three bets on the same differences: that it helps, that it harms, that it is not what was planned.

    ``threshold`` is the wealth that a promotion needs. A value: ``after`` gives the next one.
    """

    better: EProcess
    worse: EProcess
    futile: EProcess
    threshold: float

    @classmethod
    def start(cls, *, effect: float, discordance: float, threshold: float) -> Evidence:
        """Before the first bet. ``discordance`` is the planned mean square of a bet's difference."""
        bets = planned_bets(effect, discordance)
        return cls(
            better=EProcess(bets=bets),
            worse=EProcess(bets=bets, side="below"),
            futile=futility_process(effect, discordance),
            threshold=threshold,
        )

    def after(self, difference: float) -> Evidence:
        """The evidence after one more bet."""
        return replace(
            self,
            better=self.better.after(difference),
            worse=self.worse.after(difference),
            futile=self.futile.after(difference),
        )

    @property
    def wealth(self) -> float:
        """Of the bets that it helps: what a promotion is decided by."""
        return self.better.wealth

    @property
    def stop(self) -> Stop | None:
        """Why to stop now, or ``None`` to go on."""
        if self.wealth >= self.threshold:
            return Stop.REACHED
        worse = self.worse.wealth
        if worse >= WORSE:
            return Stop.WORSE
        return Stop.FUTILE if self.futile.wealth >= FUTILE and worse < SUSPECT else None
