"""Power and pairs of claim ``suite`` beside an exact McNemar test of fixed size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.replay import replay
from benchmarks.gate_bench.campaigns import simulate
from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.fixed_size import mcnemar_pairs
from benchmarks.gate_bench.planned import ERROR_BUDGET, HORIZON, SUITE, Planned
from benchmarks.gate_bench.scenarios.among_others import AmongOthers
from benchmarks.gate_bench.size import Size, generator_for

GRID = ((0.05, 0.2), (0.1, 0.2), (0.1, 0.3), (0.15, 0.3), (0.25, 0.4))
CANDIDATES = 20
AT_A_TIME = 2000  # experiments
MULTIPLES = (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A planned effect and discordance, and how many candidates share the budget."""

    effect: float
    discordance: float
    candidates: int

    @property
    def fixed(self) -> int:
        """Pairs of the test of fixed size at the same error."""
        return mcnemar_pairs(self.effect, self.discordance, error=ERROR_BUDGET / self.candidates)

    @property
    def planned(self) -> Planned:
        """The sequential experiment with half as many again."""
        return Planned(
            effect=self.effect,
            discordance=self.discordance,
            bets=int(HORIZON * self.fixed),
            candidates=self.candidates,
        )

    @property
    def name(self) -> str:
        """As in ``+10/.2``, with the number of candidates."""
        return f"+{100 * self.effect:.0f}/{self.discordance:.1f}".replace("0.", ".") + f" K={self.candidates}"


def points(candidates: int) -> tuple[Point, ...]:
    """The grid for so many candidates."""
    return tuple(
        Point(effect=effect, discordance=discordance, candidates=candidates) for effect, discordance in GRID
    )


def pairs_and_power(point: Point, size: Size) -> dict[str, Any]:
    """Power at the plan and at twice it, and mean pairs over those of the test of fixed size."""
    start, fixed = point.planned.start(), point.fixed
    found = {
        name: _ending(point, start, multiple, size)
        for name, multiple in {"plan": 1.0, "twice": 2.0, "useless": 0.0, "harmful": -1.0}.items()
    }
    return {
        "fixed_pairs": fixed,
        "budget": point.planned.bets,
        "power_at_plan": found["plan"][0],
        "power_at_twice": found["twice"][0],
        "false_promotions": found["useless"][0],
        **{f"pairs_ratio_{name}": bets / fixed for name, (_, bets) in found.items()},
        **({"pairs_ratio_campaign": _campaign(point, size)} if point.candidates == CANDIDATES else {}),
    }


def curve(size: Size) -> dict[str, list[float]]:
    """Power and pairs by the true effect over the planned one, at +10/.2 among twenty candidates."""
    point = Point(effect=SUITE.effect, discordance=SUITE.discordance, candidates=CANDIDATES)
    start, fixed = point.planned.start(), point.fixed
    endings = [_ending(point, start, multiple, size) for multiple in MULTIPLES]
    return {
        "true_over_planned": list(MULTIPLES),
        "power": [power for power, _ in endings],
        "pairs_ratio": [bets / fixed for _, bets in endings],
    }


def _ending(point: Point, start: Evidence, multiple: float, size: Size) -> tuple[float, float]:
    """Share promoted and mean bets where the truth is so many times the plan."""
    generator = generator_for("pairs", point.name, str(multiple))
    reached, bets = 0.0, 0.0
    for first in range(0, size.experiments, AT_A_TIME):
        count = min(AT_A_TIME, size.experiments - first)
        effect = multiple * point.effect
        drawn = trinomial(
            generator, (count, point.planned.bets), effect=effect, discordance=point.discordance
        )
        endings = replay(start, drawn)
        reached += endings.share(Stop.REACHED) * count
        bets += float(endings.bets.sum())
    return reached / size.experiments, bets / size.experiments


def _campaign(point: Point, size: Size) -> float:
    """Pairs per candidate over those of the test of fixed size: fifteen useless, three harmful, two helpful ones."""
    scenario = replace(AmongOthers(), planned=point.planned)
    course = simulate(
        scenario,
        campaigns=size.budgets,
        candidates=CANDIDATES,
        generator=generator_for("campaign pairs", point.name),
    )
    return float(course.bets.mean() / point.fixed)
