"""What ``docs/benchmarks/gate.json`` holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from benchmarks.gate_bench.headline import headline
from benchmarks.gate_bench.size import SEED
from benchmarks.gate_bench.targets import judged

DIGITS = 5


def document(
    sections: Mapping[str, Any], *, commit: str, day: date, seconds: float, quick: bool
) -> dict[str, Any]:
    """Headline figures first, then whether each target is met, then everything in detail."""
    figures = headline(sections)
    found = {
        **figures,
        "targets": judged(figures),
        "seed": SEED,
        "quick": quick,
        "commit": commit,
        "date": day.isoformat(),
        "seconds": round(seconds),
        "detail": dict(sections),
    }
    rounded: dict[str, Any] = _rounded(found)
    return rounded


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
