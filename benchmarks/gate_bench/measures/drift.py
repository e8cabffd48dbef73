"""How often the drift test blocks a clean experiment, and how often it sees one that was not."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.gate.drift import drift_guard
from benchmarks.gate_bench.draws import REPEATS, TASKS, pass_rates, passes
from benchmarks.gate_bench.pairs_of import pairs_of
from benchmarks.gate_bench.size import Size, generator_for

CURED = 0.4  # of the failures, from the middle on: twenty points


def drift(size: Size) -> dict[str, Any]:
    """Shares blocked: nothing drifts, and both arms become better by twenty points in the middle."""
    return {"clean": _blocked(0.0, size), "drifted": _blocked(CURED, size), "points": 50 * CURED}


def _blocked(cured: float, size: Size) -> float:
    generator = generator_for("drift", str(cured))
    later = np.arange(REPEATS)[:, None] >= (REPEATS + 1) // 2
    blocked = 0
    for _ in range(size.guarded):
        rates = pass_rates(generator, (1, TASKS), 0.25)
        moved = np.where(later, rates + cured * (1.0 - rates), rates)
        pairs = pairs_of(passes(generator, moved, moved.shape), passes(generator, moved, moved.shape))
        blocked += drift_guard(pairs) is not None
    return blocked / size.guarded
