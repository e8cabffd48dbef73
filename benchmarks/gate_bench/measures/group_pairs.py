"""Power and groups of claim ``groups``, three runs each, beside a one-sided t-test of fixed size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from benchmarks.gate.evidence import Stop
from benchmarks.gate.replay import replay
from benchmarks.gate_bench.draws import Floats
from benchmarks.gate_bench.fixed_size import t_test_groups
from benchmarks.gate_bench.planned import ERROR_BUDGET, HORIZON, Planned
from benchmarks.gate_bench.size import Size, generator_for

RUNS = 3
CANDIDATES = 20
SPREAD = 0.5  # both parameters of the beta distribution of pass rates, as the planner's prior has them
POPULATION = 400_000  # groups that the plan's mean and mean square are taken from
AT_A_TIME = 2000
CAMPAIGN = {"useless": 15 / 20, "harmful": 3 / 20, "plan": 2 / 20}

Way = Literal["everywhere", "half", "whole"]


@dataclass(frozen=True, kw_only=True)
class GroupPoint:
    """A true gain, and the way in which it comes about.

    ``everywhere``: the candidate cures the same share of failures in all groups; ``half``: twice that share in a random
    half of them; ``whole``: it cures all failures in some groups and none elsewhere. Twice the effect cures twice as
    many; a negative effect spoils passes likewise.
    """

    effect: float
    way: Way

    @property
    def name(self) -> str:
        """As in ``+10 everywhere``."""
        return f"+{100 * self.effect:.0f} {self.way}"

    def draw(self, generator: np.random.Generator, shape: tuple[int, int], multiple: float) -> Floats:
        """Mean differences of groups where the true effect is so many times the plan."""
        rates = generator.beta(SPREAD, SPREAD, size=shape)
        cured = min(
            1.0, 2.0 * abs(multiple) * self.effect
        )  # half of all runs fail: of these this share is cured
        share = self._shares(generator, shape, cured)
        changed = rates + share * (1.0 - rates) if multiple >= 0.0 else rates * (1.0 - share)
        return np.asarray((generator.binomial(RUNS, changed) - generator.binomial(RUNS, rates)) / RUNS)

    def _shares(self, generator: np.random.Generator, shape: tuple[int, int], cured: float) -> Floats | float:
        if self.way == "everywhere":
            return cured
        if self.way == "half":
            return np.where(generator.random(shape) < 0.5, min(1.0, 2.0 * cured), 0.0)
        return np.where(generator.random(shape) < cured, 1.0, 0.0)


GROUP_POINTS: tuple[GroupPoint, ...] = (
    GroupPoint(effect=0.05, way="everywhere"),
    GroupPoint(effect=0.1, way="everywhere"),
    GroupPoint(effect=0.15, way="everywhere"),
    GroupPoint(effect=0.05, way="half"),
    GroupPoint(effect=0.1, way="half"),
    GroupPoint(effect=0.1, way="whole"),
    GroupPoint(effect=0.15, way="whole"),
    GroupPoint(effect=0.25, way="whole"),
)
LARGE = GroupPoint(effect=0.25, way="everywhere")
"""Beyond the grid: so large and so even an effect that a t-test needs thirty groups. The bets cannot follow."""


def groups_and_power(point: GroupPoint, size: Size) -> dict[str, Any]:
    """Power at the plan and at twice it, and mean groups over those of the t-test at the same error."""
    generator = generator_for("groups", point.name)
    seen = point.draw(generator, (1, POPULATION), 1.0)
    mean, square = float(seen.mean()), float((seen**2).mean())
    fixed = t_test_groups(mean, math.sqrt(square - mean**2), error=ERROR_BUDGET / CANDIDATES)
    planned = Planned(
        effect=mean, discordance=max(mean, square), bets=int(HORIZON * fixed), candidates=CANDIDATES
    )
    found = {
        name: _ending(point, planned, multiple, generator, size)
        for name, multiple in {"plan": 1.0, "twice": 2.0, "useless": 0.0, "harmful": -1.0}.items()
    }
    return {
        "fixed_groups": fixed,
        "budget": planned.bets,
        "power_at_plan": found["plan"][0],
        "power_at_twice": found["twice"][0],
        **{f"ratio_{name}": bets / fixed for name, (_, bets) in found.items()},
        "ratio_campaign": sum(part * found[name][1] for name, part in CAMPAIGN.items()) / fixed,
    }


def _ending(
    point: GroupPoint, planned: Planned, multiple: float, generator: np.random.Generator, size: Size
) -> tuple[float, float]:
    start = planned.start()
    reached, bets = 0.0, 0.0
    for first in range(0, size.experiments, AT_A_TIME):
        count = min(AT_A_TIME, size.experiments - first)
        endings = replay(start, point.draw(generator, (count, planned.bets), multiple))
        reached += endings.share(Stop.REACHED) * count
        bets += float(endings.bets.sum())
    return reached / size.experiments, bets / size.experiments
