"""How often two runs of one harness at one task differ: from earlier runs, or from a stated prior."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.stats import t as student

RUNS = 3  # per task, at least, to measure noise with
BOUND = 0.8  # one-sided: a plan that hopes for the mean is underpowered half of the time
FAIR = 0.5  # the noise of a task that passes every other time, the most there is


@dataclass(frozen=True, kw_only=True)
class Noise:
    """The mean square of the difference between two runs of one harness at one task, within 0..1.

    For pass and fail that is how often they disagree. ``upper`` is the one-sided 80 % bound that plans use: a
    discordance planned at .2 that is .4 leaves a power of .22. ``pass_rate`` is the control's mean score.
    """

    mean: float
    upper: float
    pass_rate: float
    tasks: int = 0
    runs: int = 0
    source: Literal["measured", "prior"] = "measured"


def measured_noise(scores: Mapping[str, Sequence[float]]) -> Noise | None:
    """From the control's earlier scores by task; ``None`` unless at least two tasks have three runs each.

    A task with r runs gives 2 × its variance with r/(r - 1), which is unbiased (for pass and fail 2p(1-p)·r/(r-1)).
    The bound is Student's over tasks, and never below what as many tasks without any noise leave possible.
    """
    usable = [seen for _, seen in sorted(scores.items()) if len(seen) >= RUNS]
    if len(usable) < 2:
        return None
    squares = [_square(seen) for seen in usable]
    count, mean = len(squares), sum(squares) / len(squares)
    variance = sum((square - mean) ** 2 for square in squares) / (count - 1)
    reach = float(student.ppf(BOUND, count - 1)) * math.sqrt(variance / count)
    unseen = FAIR * (1.0 - (1.0 - BOUND) ** (1.0 / count))
    return Noise(
        mean=mean,
        upper=min(1.0, max(mean + reach, unseen)),
        pass_rate=sum(sum(seen) / len(seen) for seen in usable) / count,
        tasks=count,
        runs=sum(len(seen) for seen in usable),
    )


def prior_noise(pass_rate: float = 0.5, *, concentration: float = 1.0) -> Noise:
    """Before anything was run: tasks' pass rates spread as a beta distribution with this mean.

    ``concentration`` is the sum of its two parameters; 1 means that most tasks pass nearly always or hardly ever.
    The mean noise is then 2·m·(1-m)·c/(c+1), and the bound that of tasks which are all alike, 2·m·(1-m), halfway.
    """
    most = 2.0 * pass_rate * (1.0 - pass_rate)
    mean = most * concentration / (concentration + 1.0)
    return Noise(mean=mean, upper=(mean + most) / 2.0, pass_rate=pass_rate, source="prior")


def planned_discordance(noise: float, effect: float, *, repeats: int = 1) -> float:
    """The mean square of a bet's difference if a share ``effect`` of tasks changes for good and the rest is noise.

    ``repeats`` pairs of a task averaged into one bet shrink the noise, not the change.
    """
    return min(1.0, effect + (1.0 - effect) * noise / repeats)


def _square(seen: Sequence[float]) -> float:
    mean = sum(seen) / len(seen)
    return min(1.0, 2.0 * sum((score - mean) ** 2 for score in seen) / (len(seen) - 1))
