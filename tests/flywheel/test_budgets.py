"""What a budget may say, and the runs that it pays for."""

from __future__ import annotations

import pytest

from flywheel.budgets import Budget, parse_budget, runs_within
from flywheel.calibration import RunCost
from flywheel.errors import FlywheelError

COST = RunCost(runs=40, tokens=1000.0, usd=0.05, seconds=30.0, own_seconds=400.0)


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("200", Budget(amount=200)),
        ("200 runs", Budget(amount=200)),
        (" 30m ", Budget(amount=30, unit="minutes")),
        ("1.5h", Budget(amount=90, unit="minutes")),
        ("5USD", Budget(amount=5, unit="usd")),
    ],
)
def test_a_budget_is_a_number_with_a_unit(text: str, budget: Budget) -> None:
    """Runs need no unit."""
    assert parse_budget(text) == budget


@pytest.mark.parametrize(
    "text", ["", "m", "-5", "5 parsecs", "1e3", "5$", "30m5s", "٣", "nan", "1.5", "1", "2000000"]
)
def test_what_is_no_budget_names_the_forms(text: str) -> None:
    """Half a run and one run of a pair are none either."""
    with pytest.raises(FlywheelError, match=r"`200`.*`30m`.*`5usd`|whole runs"):
        parse_budget(text)


@pytest.mark.parametrize(
    ("text", "in_flight", "runs"),
    [("77", 2, 77), ("10m", 1, 20), ("10m", 4, 80), ("1h", 2, 240), ("5usd", 2, 100)],
)
def test_minutes_and_dollars_become_runs(text: str, in_flight: int, runs: int) -> None:
    """By the real seconds and the price of the runs that were measured; dollars do not run in parallel."""
    assert runs_within(parse_budget(text), COST, in_flight=in_flight, suite="s") == runs


@pytest.mark.parametrize(
    ("text", "cost", "match"),
    [
        ("10m", None, "no run of it is stored"),
        ("10m", RunCost(runs=3, tokens=1.0, usd=0.0, seconds=None, own_seconds=9.0), "too few"),
        ("5usd", RunCost(runs=30, tokens=1.0, usd=0.0, seconds=1.0, own_seconds=9.0), "has a price"),
        ("0.1m", COST, "a pair takes 2"),
    ],
)
def test_what_cannot_be_converted_names_the_way_out(text: str, cost: RunCost | None, match: str) -> None:
    """Virtual seconds are never taken for real ones."""
    with pytest.raises(FlywheelError, match=match):
        runs_within(parse_budget(text), cost, in_flight=1, suite="s")
