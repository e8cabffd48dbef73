"""The confidence interval that belongs to the test: which means the bets have not refuted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.gate.e_process import Bets, EProcess, Side

STEPS = 40  # halvings of an interval of length 1: far below what a report shows


@dataclass(frozen=True, kw_only=True)
class RunningInterval:
    """All means that no bet so far has refuted at ``threshold``, read after each bet.

    A mean m is refuted from below once the wealth against "at most m" reaches ``threshold``, and from
    above likewise; refuted is refuted for good. Each end is wrong at any time with a chance of at most
    1/threshold. ``lower`` is above zero exactly when the wealth against "at most 0" has reached the threshold:
    the same bets, inverted (Waudby-Smith and Ramdas 2023, theorem 3).
    """

    rising: EProcess
    falling: EProcess
    threshold: float
    lower: float = -1.0
    upper: float = 1.0

    @classmethod
    def start(cls, bets: Bets, threshold: float) -> RunningInterval:
        """Nothing refuted yet: from -1 to 1."""
        return cls(rising=EProcess(bets=bets), falling=EProcess(bets=bets, side="below"), threshold=threshold)

    def after(self, difference: float) -> RunningInterval:
        """The interval after one more bet; it never widens."""
        rising, falling = self.rising.after(difference), self.falling.after(difference)
        lower = max(self.lower, _bound(rising, self.threshold))
        upper = min(self.upper, _bound(falling, self.threshold))
        return replace(self, rising=rising, falling=falling, lower=lower, upper=max(lower, upper))


def _bound(process: EProcess, threshold: float) -> float:
    """Where the wealth passes the threshold as the null moves outwards; its side of zero is exact.

    Wealth falls as the null moves towards the data, so one crossing exists. The half that contains it is
    taken from the wealth at zero itself, and the end kept is the one that can never be zero.
    """
    outward = 1.0 if process.side == "above" else -1.0
    if process.wealth >= threshold:
        return outward * _crossing(process, threshold, 0.0, 1.0, process.side)[1]
    return outward * _crossing(process, threshold, -1.0, 0.0, process.side)[0]


def _crossing(
    process: EProcess, threshold: float, refuted: float, open_: float, side: Side
) -> tuple[float, float]:
    """Halve between a refuted and an open mean, both counted towards the data."""
    sign = 1.0 if side == "above" else -1.0
    for _ in range(STEPS):
        middle = (refuted + open_) / 2.0
        if process.against(sign * middle).wealth >= threshold:
            refuted = middle
        else:
            open_ = middle
    return refuted, open_
