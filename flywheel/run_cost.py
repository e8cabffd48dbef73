"""What one run costs: tokens and money as recorded, and real seconds where anything tells them."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Sequence

from flywheel.calibration import RunCost
from harness.runs import RunResult
from traces import attributes
from traces.run import Run

LEAST_STARTS = 6  # fewer tell nothing of the pace of a batch


def cost_of_results(results: Sequence[RunResult], *, seconds: float | None) -> RunCost:
    """Means over at least one result, with the real seconds of a run where they were measured."""
    count = len(results)
    return RunCost(
        runs=count,
        tokens=sum(run.usage.input_tokens + run.usage.output_tokens for run in results) / count,
        usd=sum(run.usage.cost_usd for run in results) / count,
        seconds=seconds,
        own_seconds=sum(run.seconds for run in results) / count,
    )


def cost_of_runs(runs: Sequence[Run]) -> RunCost | None:
    """Means over stored runs that have a verdict; ``None`` where there are none.

    The own clock of a run is real where a real model was asked. That of a simulated model is virtual: then the pace at
    which runs began, which is recorded in real time, says how long one took; ``None`` where too few began.
    """
    scored = [run for run in runs if run.outcome.is_scored]
    if not scored:
        return None
    count = len(scored)
    own = sum(run.seconds for run in scored) / count
    return RunCost(
        runs=count,
        tokens=sum(run.usage.input_tokens + run.usage.output_tokens for run in scored) / count,
        usd=sum(run.usage.cost_usd for run in scored) / count,
        seconds=_pace(scored) if any(run.simulated for run in scored) else own,
        own_seconds=own,
    )


def _pace(runs: Sequence[Run]) -> float | None:
    """The median real time between two starts, times the runs in flight: breaks between batches do not count."""
    starts: dict[int, list[int]] = defaultdict(list)
    for run in runs:
        if run.root is not None:
            in_flight = run.root.attributes.get(attributes.IN_FLIGHT)
            starts[in_flight if isinstance(in_flight, int) else 1].append(run.root.start_ns)
    in_flight, begun = max(starts.items(), key=lambda item: len(item[1]), default=(1, []))
    if len(begun) < LEAST_STARTS:
        return None
    begun.sort()
    gaps = [(later - earlier) / 1e9 for earlier, later in itertools.pairwise(begun)]
    return statistics.median(gaps) * in_flight
