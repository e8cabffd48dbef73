"""Drift of the control: seen when it is there, hardly ever when it is not."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest

from benchmarks.gate.drift import LARGEST, control_drift, drift_guard
from benchmarks.gate.verdict import PairResult
from traces.outcome import Outcome


def pairs_of(controls: list[list[float | None]]) -> list[PairResult]:
    """One row of control scores for each repeat, one column for each task."""
    return [
        PairResult(
            position=position,
            task=f"t{task}",
            group=f"t{task}",
            control_run=f"run-{repeat}-{task}",
            candidate_run="",
            control_score=score,
            candidate_score=1.0,
            control_outcome=Outcome.PASSED if score else Outcome.FAILED,
            candidate_outcome=Outcome.PASSED,
        )
        for position, (repeat, task, score) in enumerate(
            (repeat, task, score) for repeat, row in enumerate(controls) for task, score in enumerate(row)
        )
    ]


def test_tasks_run_once_or_always_alike_say_nothing() -> None:
    """There is nothing to compare, or nothing differs."""
    assert control_drift(pairs_of([[1.0, 0.0, 1.0]])) is None
    assert control_drift(pairs_of([[1.0, 0.0], [1.0, 0.0]])) is None
    assert drift_guard([]) is None


def test_each_task_counts_its_later_half_against_its_earlier_one() -> None:
    """The middle run of an odd number and unscored runs are left out."""
    z = control_drift(pairs_of([[0.0, 0.0, None], [1.0, 0.0, 0.5], [1.0, 1.0, 0.0]]))

    assert z == pytest.approx((1.0 + 1.0 - 0.5) / math.sqrt(1.0 + 1.0 + 0.25))


def test_a_control_that_falls_apart_halfway_blocks_and_names_its_runs() -> None:
    """Twelve tasks that passed and then fail."""
    block = drift_guard(pairs_of([[1.0] * 12, [1.0] * 12, [0.0] * 12, [0.0] * 12]))

    assert block is not None
    assert block.guard == "drift"
    assert "fell" in block.reason
    assert block.runs == tuple(f"run-3-{task}" for task in range(5))


def test_without_drift_every_pattern_of_signs_is_as_likely_and_few_block() -> None:
    """All 2^12 ways in which twelve differing tasks can differ: counted, not simulated."""
    blocked = sum(abs(sum(signs)) / math.sqrt(12) > LARGEST for signs in product((1, -1), repeat=12))

    assert blocked / 2**12 <= 0.0027


def test_clean_experiments_are_blocked_less_than_one_time_in_a_hundred() -> None:
    """Forty tasks with pass rates of all kinds, four times each."""
    generator = random.Random(5)
    blocked = 0
    for _ in range(400):
        rates = [generator.random() for _ in range(40)]
        rows = [[float(generator.random() < rate) for rate in rates] for _ in range(4)]
        blocked += drift_guard(pairs_of(rows)) is not None  # type: ignore[arg-type]

    assert blocked <= 4
