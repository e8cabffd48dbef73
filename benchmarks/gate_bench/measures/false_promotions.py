"""How often a campaign promotes anything that does not help."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.gate_bench.bounds import upper95
from benchmarks.gate_bench.campaigns import Scenario, simulate
from benchmarks.gate_bench.size import Size, generator_for

CANDIDATES = 20
AT_A_TIME = 2500  # campaigns: a few hundred MiB


def false_promotions(scenario: Scenario, size: Size) -> dict[str, Any]:
    """Campaigns of twenty candidates: the share with an error, its upper bound, and how it grows by candidate."""
    generator = generator_for("false promotions", scenario.name)
    erred = []
    bets = []
    for first in range(0, size.campaigns, AT_A_TIME):
        course = simulate(
            scenario,
            campaigns=min(AT_A_TIME, size.campaigns - first),
            candidates=CANDIDATES,
            generator=generator,
        )
        erred.append(course.erred.sum(axis=0))
        bets.append(course.bets.sum())
    errors = np.sum(erred, axis=0)
    return {
        "campaigns": size.campaigns,
        "errors": int(errors[-1]),
        "rate": float(errors[-1] / size.campaigns),
        "upper95": upper95(int(errors[-1]), size.campaigns),
        "by_candidate": (errors / size.campaigns).tolist(),
        "bets_per_candidate": float(np.sum(bets) / (size.campaigns * CANDIDATES)),
    }
