"""How often each rival promotes what does not help, where the gate judges the same experiments."""

from __future__ import annotations

from typing import Any

from benchmarks.gate_bench.bounds import lower95
from benchmarks.gate_bench.rivals.rival import Rival
from benchmarks.gate_bench.size import Size, generator_for

NOMINAL = 0.05


def rival_rates(rival: Rival, size: Size) -> dict[str, Any]:
    """The false-promotion rates of both; ``is_seen`` once chance does not explain that the rival is above 5 %."""
    tried = rival.tried(size.rival_experiments, generator_for("rival", rival.name))
    lower = lower95(int(tried.rival.sum()), len(tried.rival))
    return {
        "idea": rival.idea,
        "source": rival.source,
        "experiments": len(tried.rival),
        "rate": float(tried.rival.mean()),
        "lower95": lower,
        "gate_rate": float(tried.gate.mean()),
        "is_seen": lower > NOMINAL,
    }
