"""How often the interval holds the truth at all looks, and whether its lower end is the promotion."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.gate.evidence import Evidence
from benchmarks.gate.interval import RunningInterval
from benchmarks.gate.replay import ever_refuted, replay
from benchmarks.gate_bench.draws import Floats, trinomial
from benchmarks.gate_bench.planned import ALONE, SUITE, Planned
from benchmarks.gate_bench.size import Size, generator_for

TRUTHS = ((0.0, 0.2), (0.1, 0.2), (0.2, 0.2), (-0.1, 0.2), (0.0, 0.4), (0.1, 0.4), (0.0, 0.02), (0.05, 0.6))
PLANS = {"K=1": ALONE, "K=20": SUITE}


def coverage(size: Size) -> dict[str, Any]:
    """By plan and truth: the share of experiments in which no look excluded it, to the stop and to the budget's end."""
    rows = [
        _covered(name, planned, effect, discordance, size)
        for name, planned in PLANS.items()
        for effect, discordance in TRUTHS
    ]
    disagreements, looks = _disagreements(size)
    return {"rows": rows, "bound_disagreements": disagreements, "bound_looks": looks}


def _covered(name: str, planned: Planned, effect: float, discordance: float, size: Size) -> dict[str, Any]:
    count = size.experiments // 2
    generator = generator_for("coverage", name, f"{effect}/{discordance}")
    drawn = trinomial(generator, (count, planned.bets), effect=effect, discordance=discordance)
    start = planned.start()
    endings = replay(start, drawn)
    all_looks = np.full(count, planned.bets)
    return {
        "plan": name,
        "effect": effect,
        "discordance": discordance,
        "covered": 1.0 - float(_missed(start, drawn, effect, endings.bets).mean()),
        "covered_unstopped": 1.0 - float(_missed(start, drawn, effect, all_looks).mean()),
    }


def _missed(start: Evidence, drawn: Floats, truth: float, looks: np.ndarray[Any, Any]) -> Any:
    interval = RunningInterval.start(start.better.bets, start.threshold)
    low = ever_refuted(interval.rising, drawn, mean=truth, threshold=interval.threshold, looks=looks)
    high = ever_refuted(interval.falling, drawn, mean=truth, threshold=interval.upper_threshold, looks=looks)
    return low | high


def _disagreements(size: Size) -> tuple[int, int]:
    """Looks at which "the lower end is above zero" and "the wealth has reached the threshold" differ, of how many."""
    generator = generator_for("coverage", "bound")
    bare = Evidence.start(effect=0.1, discordance=0.2, threshold=ALONE.threshold)
    disagreements = looks = 0
    for effect in np.repeat([0.0, 0.1, 0.2], max(1, size.whole // 3)):
        evidence = bare
        interval = RunningInterval.start(bare.better.bets, bare.threshold)
        has_reached = False
        for difference in trinomial(generator, (1, ALONE.bets), effect=float(effect), discordance=0.2)[0]:
            evidence, interval = evidence.after(float(difference)), interval.after(float(difference))
            has_reached = has_reached or evidence.wealth >= bare.threshold
            disagreements += (interval.lower > 0.0) is not has_reached
            looks += 1
    return disagreements, looks
