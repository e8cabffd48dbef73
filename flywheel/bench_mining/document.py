"""What ``docs/benchmarks/mining.json`` holds: parts that are measured each in its own time, put together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flywheel.bench_mining.targets import judged

_ABOUT = ("targets", "parts")


def merged(
    before: Mapping[str, Any],
    part: str,
    figures: Mapping[str, Any],
    *,
    commit: str,
    day: date,
    seconds: float,
    load: float = 0.0,
) -> dict[str, Any]:
    """The document with one part measured anew: its figures, its commit and date, and the targets judged again.

    ``parts`` names for each part the figures that are its own, so that none outlives its measurement. ``load`` is the
    load average of one minute as it began: times are those of a machine that others may have used as well.
    """
    parts = dict(before.get("parts", {}))
    own = set(parts.get(part, {}).get("figures", ()))
    kept = {name: value for name, value in before.items() if name not in {*own, *_ABOUT}}
    parts[part] = {
        "commit": commit,
        "date": day.isoformat(),
        "seconds": round(seconds, 1),
        "load": round(load, 1),
        "figures": sorted(figures),
    }
    found = {**kept, **figures}
    numbers = {name: value for name, value in found.items() if not isinstance(value, dict | list)}
    details = {name: value for name, value in found.items() if name not in numbers}
    return {**numbers, "targets": judged(numbers), "parts": dict(sorted(parts.items())), **details}
