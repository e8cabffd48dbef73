"""The confidence interval that belongs to the test: which means the bets have not refuted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.gate.e_process import Bets, EProcess

STEPS = 30  # halvings of an interval of length 1: far below what a report shows
UPPER_THRESHOLD = (
    400.0  # of the end that decides nothing, at least: so that both ends together hold in 95 of 100 runs
)


@dataclass(frozen=True, kw_only=True)
class RunningInterval:
    """All means that no bet so far has refuted, read after each bet.

    A mean m is refuted from below once the wealth against "at most m" reaches ``threshold``, and from above once
    that against "at least m" reaches ``upper_threshold``; refuted is refuted for good. The lower end is wrong at any
    time with a chance of at most 1/threshold, the upper one with at most 1/400 and never more than the lower. ``lower`` is above the null (0, or minus the margin) exactly when the wealth against the null has
    reached the threshold: the same bets, inverted (Waudby-Smith and Ramdas 2023, theorem 3).
    """

    rising: EProcess
    falling: EProcess
    threshold: float
    lower: float = -1.0
    upper: float = 1.0

    @property
    def upper_threshold(self) -> float:
        """The wealth that refutes a mean from above.

        Where one candidate has the whole error budget, the lower end spends 5 % by itself, as the test does: the upper
        end takes next to nothing on top.
        """
        return max(self.threshold, UPPER_THRESHOLD)

    @classmethod
    def start(cls, bets: Bets, threshold: float, *, null: float = 0.0) -> RunningInterval:
        """Nothing refuted yet: from -1 to 1."""
        rising, falling = EProcess(bets=bets, null=null), EProcess(bets=bets, null=null, side="below")
        return cls(rising=rising, falling=falling, threshold=threshold)

    def after(self, difference: float) -> RunningInterval:
        """The interval after one more bet; it never widens."""
        rising, falling = self.rising.after(difference), self.falling.after(difference)
        lower = _bound(rising, self.threshold, self.lower)
        upper = -_bound(falling, self.upper_threshold, -self.upper)
        return replace(self, rising=rising, falling=falling, lower=lower, upper=max(lower, upper))


def _bound(process: EProcess, threshold: float, refuted: float) -> float:
    """The bound after another bet, counted towards the data, from the one before; exact about the null's side.

    Wealth falls as the null moves towards the data, so there is one crossing. It lies beyond the null exactly when
    the wealth against it has reached the threshold, and the end of the halving kept is then never the null itself.
    """
    sign = 1.0 if process.side == "above" else -1.0
    null = sign * process.null
    if process.against(sign * refuted).wealth < threshold:
        return refuted
    if refuted < null and process.wealth < threshold:
        return _halve(process, threshold, refuted, null)[0]
    return _halve(process, threshold, max(null, refuted), 1.0)[1]


def _halve(process: EProcess, threshold: float, refuted: float, possible: float) -> tuple[float, float]:
    """Close in on the crossing between a mean that is refuted and one that is still possible."""
    sign = 1.0 if process.side == "above" else -1.0
    for _ in range(STEPS):
        middle = (refuted + possible) / 2.0
        if process.against(sign * middle).wealth >= threshold:
            refuted = middle
        else:
            possible = middle
    return refuted, possible
