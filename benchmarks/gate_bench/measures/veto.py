"""How often the regression veto blocks an experiment with one harness, and how often it sees one broken task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.gate.regression import (
    FRESH_RUNS,
    RELIABLE_RUNS,
    EarlierRun,
    FreshRuns,
    Rerun,
    regression_guard,
    reliable_tasks,
)
from benchmarks.gate.testing import FAIL, PASS, simulated_run
from benchmarks.gate_bench.draws import Floats, passes
from benchmarks.gate_bench.pairs_of import pairs_of
from benchmarks.gate_bench.size import Size, generator_for
from traces.outcome import Outcome

TASKS = 80
SPREADS = {"nearly all at the ends": 0.3, "as a U": 0.5, "evenly": 1.0}
REPEATS = (1, 3)
RELIABLE = 0.98  # the pass rate of the task that the candidate breaks


def veto(size: Size) -> dict[str, Any]:
    """Shares by how tasks' pass rates are spread and how often each is run; every veto is asked for, whatever the evidence."""
    rows = [
        {"spread": name, "repeats": repeats, **_row(name, spread, repeats, size)}
        for name, spread in SPREADS.items()
        for repeats in REPEATS
    ]
    return {"rows": rows, "reliable_pass_rate": RELIABLE}


def _row(name: str, spread: float, repeats: int, size: Size) -> dict[str, float]:
    generator = generator_for("veto", name, str(repeats))
    blocked = caught = listed = lucky_caught = lucky_listed = 0
    for _ in range(size.guarded):
        rates = generator.beta(spread, spread, size=TASKS)
        rates[0] = RELIABLE
        reliable = _reliable(rates, generator)
        blocked += _is_blocked(reliable - {"0"}, rates, rates, repeats, generator)
        if "0" in reliable:
            listed += 1
            caught += _is_seen(RELIABLE, repeats, generator)
        lucky = sorted(reliable - {"0"})
        if lucky:
            task = lucky[int(generator.integers(len(lucky)))]
            lucky_listed += 1
            lucky_caught += _is_seen(float(rates[int(task)]), repeats, generator)
    return {
        "blocked": blocked / size.guarded,
        "caught": caught / max(1, listed),
        "caught_of_listed": lucky_caught / max(1, lucky_listed),
    }


def _reliable(rates: Floats, generator: np.random.Generator) -> frozenset[str]:
    history = passes(generator, rates, (RELIABLE_RUNS, len(rates)))
    return reliable_tasks(
        EarlierRun(task=str(task), outcome=Outcome.PASSED if passed else Outcome.FAILED)
        for row in history
        for task, passed in enumerate(row)
    )


def _is_seen(rate: float, repeats: int, generator: np.random.Generator) -> bool:
    """Whether the veto falls on a candidate that always fails a task which the control passes at this rate."""
    return _is_blocked(frozenset({"0"}), np.array([rate]), np.zeros(1), repeats, generator)


def _is_blocked(
    reliable: frozenset[str], control: Floats, candidate: Floats, repeats: int, generator: np.random.Generator
) -> bool:
    shape = (repeats, len(control))
    pairs = pairs_of(passes(generator, control, shape), passes(generator, candidate, shape))
    return regression_guard(reliable, pairs, _rerun(control, candidate, generator)) is not None


def _rerun(control: Floats, candidate: Floats, generator: np.random.Generator) -> Rerun:
    def rerun(tasks: Sequence[str]) -> Mapping[str, FreshRuns]:
        return {
            task: {
                "control": _fresh(control[int(task)], generator),
                "candidate": _fresh(candidate[int(task)], generator),
            }
            for task in tasks
        }

    return rerun


def _fresh(rate: float, generator: np.random.Generator) -> list[Any]:
    return [
        simulated_run(str(number), PASS if passed else FAIL)
        for number, passed in enumerate(generator.random(FRESH_RUNS) < rate)
    ]
