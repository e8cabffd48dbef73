"""An event with a constant rate per step is no cause, however much longer failing runs are."""

from __future__ import annotations

import random

import pytest

from analyzers.observation import Observation
from analyzers.patterns import find_patterns
from analyzers.testing import observed

TASKS = 30
SEEDS = 40


def lengths(draw: random.Random, *, failed: bool) -> int:
    """Failing runs are three times as long."""
    return draw.randrange(24, 70) if failed else draw.randrange(8, 24)


def constant(number: int, task: int, draw: random.Random, *, rate: float, least: int) -> Observation:
    """A run of any outcome in which each step shows an event with the same chance; seen from ``least`` of them on."""
    failed = draw.random() < 0.5
    steps = lengths(draw, failed=failed)
    events = tuple(step for step in range(steps) if draw.random() < rate)[:8]
    return observed(
        number,
        "failed" if failed else "passed",
        task=f"t{task}",
        steps=steps,
        shows={"event": events} if len(events) >= least else {},
        needed=least,
    )


def false_patterns(rate: float, least: int) -> int:
    """In how many of forty seeds the event came out as a pattern."""
    found = 0
    for seed in range(SEEDS):
        draw = random.Random(seed)
        runs = [
            constant(task * 4 + repeat, task, draw, rate=rate, least=least)
            for task in range(TASKS)
            for repeat in range(4)
        ]
        found += bool(find_patterns(runs).patterns)
    return found


@pytest.mark.parametrize(("rate", "least"), [(0.02, 1), (0.06, 1), (0.15, 3)])
def test_a_constant_rate_is_no_cause(rate: float, least: int) -> None:
    """Whole runs show it twice as often when they fail; stretches of equal length do not."""
    assert false_patterns(rate, least) <= 0.1 * SEEDS


def test_a_higher_rate_in_failures_is_one() -> None:
    """Six times as many events per step are found nearly always, with the same lengths."""
    found = 0
    for seed in range(10):
        draw = random.Random(seed)
        runs = []
        for task in range(TASKS):
            for repeat in range(4):
                calm = constant(task * 4 + repeat, task, draw, rate=0.02, least=1)
                wild = constant(task * 4 + repeat, task, draw, rate=0.12, least=1)
                runs.append(wild if wild.is_failure else calm)
        runs = [run for run in runs if run.steps]
        found += bool(find_patterns(runs).patterns)

    assert found >= 9
