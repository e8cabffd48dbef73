"""Whether running more at once changes what comes out: pass rates and broken runs at two settings."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flywheel.calibration import Calibration, errored_rate

SURE = 3.0  # of |z|: reached by chance in about 3 of 1000 comparisons


@dataclass(frozen=True, kw_only=True)
class InFlightEffect:
    """Two settings side by side: the second's pass rate minus the first's, and the z scores of both comparisons.

    ``broken`` are runs that errored or timed out. A z score is ``None`` where nothing differs.
    """

    first: int
    second: int
    pass_rate_difference: float
    pass_rate_z: float | None
    broken: tuple[int, int]
    broken_z: float | None

    @property
    def is_sure(self) -> bool:
        """Whether either difference is too large for chance."""
        return any(z is not None and abs(z) > SURE for z in (self.pass_rate_z, self.broken_z))

    @property
    def words(self) -> str:
        """For a reader, in one line."""
        verdict = (
            "the number of runs in flight changes the results: keep it fixed, or lower it"
            if self.is_sure
            else "no difference that chance does not explain"
        )
        return (
            f"{self.second} in flight instead of {self.first}: pass rate {100 * self.pass_rate_difference:+.1f} points "
            f"({_z(self.pass_rate_z)}), errored or timed out {self.broken[0]} → {self.broken[1]} runs "
            f"({_z(self.broken_z)}); {verdict}"
        )


def in_flight_effect(first: Calibration, second: Calibration) -> InFlightEffect:
    """Compare two calibrations of one harness.

    Pass rates are paired by task: each gives the difference d of its means, and z = Σd / √Σd², as the drift guard has
    it; that needs no assumption about the tasks. Broken runs are two proportions with a pooled variance.
    """
    moved = [
        sum(second.scores[task]) / len(second.scores[task]) - sum(seen) / len(seen)
        for task, seen in first.scores.items()
        if seen and second.scores.get(task)
    ]
    square = sum(move**2 for move in moved)
    before, after = errored_rate(first.outcomes), errored_rate(second.outcomes)
    return InFlightEffect(
        first=first.in_flight,
        second=second.in_flight,
        pass_rate_difference=sum(moved) / len(moved) if moved else 0.0,
        pass_rate_z=sum(moved) / math.sqrt(square) if square > 0.0 else None,
        broken=(before[0], after[0]),
        broken_z=_proportions(before, after),
    )


def _proportions(first: tuple[int, int], second: tuple[int, int]) -> float | None:
    pooled = (first[0] + second[0]) / max(1, first[1] + second[1])
    variance = pooled * (1.0 - pooled) * (1.0 / max(1, first[1]) + 1.0 / max(1, second[1]))
    if variance <= 0.0:
        return None
    return (second[0] / second[1] - first[0] / first[1]) / math.sqrt(variance)


def _z(value: float | None) -> str:
    return "nothing differs" if value is None else f"z = {value:+.1f}"
