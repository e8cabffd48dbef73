"""Which runs are analyzed, as a person says it."""

from __future__ import annotations

import pytest

from flywheel.analysis.choosing import parse_choice
from flywheel.errors import FlywheelError

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400), ("12h", 43_200), ("7d", 604_800), ("2w", 1_209_600)]
)
def test_since_so_long_ago(text: str, seconds: int) -> None:
    """A number and a unit, counted from now."""
    (where,) = parse_choice([], text, clock=lambda: NOW).where

    assert (where.field, where.operator) == ("time", ">=")
    assert float(where.value) == NOW - seconds


def test_since_a_date() -> None:
    """As it is written."""
    (where,) = parse_choice([], "2026-01-31").where

    assert where.value == "2026-01-31"


@pytest.mark.parametrize("text", ["yesterday", "7 days", "-3d", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With what a time looks like."""
    with pytest.raises(FlywheelError, match="2026-01-31"):
        parse_choice([], text)


def test_conditions_come_before_the_time() -> None:
    """All of them hold together."""
    choice = parse_choice(["outcome=failed", "seconds>3"], "1d", clock=lambda: NOW)

    assert [where.field for where in choice.where] == ["outcome", "seconds", "time"]
