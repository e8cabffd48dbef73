"""Thinking takes virtual time."""

from __future__ import annotations

import pytest

from harness.simulated.pace import pace, tokens


def test_more_effort_takes_more_time_and_tokens() -> None:
    """Low, medium and high differ clearly."""
    costs = [
        pace(effort, characters=0, overthinks=False, hurries=False) for effort in ("low", "medium", "high")
    ]

    assert [cost.seconds for cost in costs] == [6.0, 15.0, 40.0]
    assert costs[0].reasoning_tokens < costs[1].reasoning_tokens < costs[2].reasoning_tokens


def test_long_answers_take_longer() -> None:
    """A character costs a hundredth of a second."""
    short, long = (pace("low", characters=size, overthinks=False, hurries=False) for size in (0, 500))

    assert long.seconds - short.seconds == pytest.approx(5.0)


def test_nine_overthought_calls_exceed_the_usual_limit() -> None:
    """Nine calls at high effort take more than 900 seconds."""
    cost = pace("high", characters=40, overthinks=True, hurries=False)

    assert 9 * cost.seconds > 900


def test_haste_makes_any_call_short() -> None:
    """Who hurries does not overthink."""
    cost = pace("high", characters=0, overthinks=True, hurries=True)

    assert cost.seconds <= 6.0


def test_a_token_is_about_four_characters() -> None:
    """And no text is free."""
    assert tokens(0) == 1
    assert tokens(400) == 101
