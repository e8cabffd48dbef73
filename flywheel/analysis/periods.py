"""The time in which runs began, in equal parts: what is on the rise, and what has gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from traces.run import Run

_MOST = 8
_RUNS_EACH = 10  # fewer runs a period would show nothing but chance


@dataclass(frozen=True, kw_only=True)
class Period:
    """From ``start_ns`` on until the next one begins (Unix nanoseconds), with the ids of the runs that began in it."""

    start_ns: int
    runs: frozenset[str]

    @property
    def label(self) -> str:
        """When it begins, to the minute, in UTC."""
        return f"{datetime.fromtimestamp(self.start_ns / 1e9, tz=UTC):%Y-%m-%d %H:%M}"


def periods_of(runs: Sequence[Run]) -> tuple[Period, ...]:
    """At most eight periods of equal length with ten runs each on average; one where there are few runs or no times."""
    starts = {run.run_id: run.root.start_ns for run in runs if run.root is not None and run.root.start_ns > 0}
    count = max(1, min(_MOST, len(starts) // _RUNS_EACH))
    if not starts:
        return ()
    first, last = min(starts.values()), max(starts.values())
    length = (last - first) // count + 1
    held: list[set[str]] = [set() for _ in range(count)]
    for run_id, start in starts.items():
        held[(start - first) // length].add(run_id)
    return tuple(
        Period(start_ns=first + number * length, runs=frozenset(ids)) for number, ids in enumerate(held)
    )
