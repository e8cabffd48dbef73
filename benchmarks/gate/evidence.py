"""All that the statistics know of one candidate, and when they are done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from benchmarks.gate.e_process import EProcess, Number, bets_against
from benchmarks.gate.futility import FUTILE, Floors, floors, futility_process

WORSE = 20.0  # a harmless candidate is called worse with a chance of at most 1/20
SUSPECT = 3.0  # a futile candidate that looks this harmful is followed until harm is shown or looks unlikely


class Stop(StrEnum):
    """Why the betting ended; of several reasons the first counts."""

    REACHED = "reached"
    WORSE = "worse"
    FUTILE = "futile"
    HOPELESS = "hopeless"
    BUDGET = "budget"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Three bets on the same differences: that it helps, that it harms, that it is not what was planned.

    ``threshold`` is the wealth that a promotion needs; ``floors`` say when the rest of the budget can hardly
    reach it. A value: ``after`` gives the next one.
    """

    better: EProcess
    worse: EProcess
    futile: EProcess
    threshold: float
    floors: Floors | None = None

    @classmethod
    def start(
        cls, *, effect: float, discordance: float, threshold: float, margin: float | None = None
    ) -> Evidence:
        """Before the first bet. ``discordance`` is the planned mean square of a bet's difference.

        Without a margin the question is "better": does the mean difference exceed 0, planned for ``effect``?
        With one it is "safe" (non-inferiority): does it exceed ``-margin``, planned for ``effect`` (mostly 0)?
        """
        null = 0.0 if margin is None else -margin
        better = bets_against(null, expected=effect, square=discordance)
        worse = bets_against(null, expected=max(-1.0, 2.0 * null - effect), square=discordance, side="below")
        return cls(
            better=EProcess(bets=better, null=null),
            worse=EProcess(bets=worse, null=null, side="below"),
            futile=futility_process(effect, discordance, expected=null),
            threshold=threshold,
        )

    def within(self, bets: int, *, effect: float, discordance: float, chance: float) -> Evidence:
        """The same with a stop where the rest of ``bets`` promotes the planned effect less often than ``chance``."""
        return replace(
            self,
            floors=floors(
                self.better,
                effect=effect,
                discordance=discordance,
                threshold=self.threshold,
                bets=bets,
                chance=chance,
            ),
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
    def bets(self) -> int:
        """How many differences were seen."""
        return sum(count for _, count in self.better.seen)

    @property
    def stop(self) -> Stop | None:
        """Why to stop now, or ``None`` to go on."""
        rule = stops(
            self.threshold,
            better=self.better.wealth,
            worse=self.worse.wealth,
            futile=self.futile.wealth,
            is_hopeless=self.is_hopeless(self.better.capitals, self.bets),
        )
        return next((stop for stop, holds in rule.items() if holds), None)

    def is_hopeless(self, capitals: tuple[Number, ...], bets: int) -> Any:
        """Whether no bet's capital is above its floor after so many bets; for numbers as for arrays of them."""
        if self.floors is None or bets >= self.floors.bets:
            return False
        below: Any = True
        for bet, capital in enumerate(capitals):
            below = below & (capital < self.floors.least(bet, self.floors.bets - bets))
        return below


def stops(
    threshold: float | Number, *, better: Number, worse: Number, futile: Number, is_hopeless: Any
) -> Mapping[Stop, Any]:
    """The rule, for the wealths of one experiment or for arrays of them: which reasons to stop hold, first first."""
    is_harmless = worse < SUSPECT
    return {
        Stop.REACHED: better >= threshold,
        Stop.WORSE: worse >= WORSE,
        Stop.FUTILE: (futile >= FUTILE) & is_harmless,
        Stop.HOPELESS: is_hopeless & is_harmless,
    }
