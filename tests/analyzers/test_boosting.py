"""Attention goes where earlier rounds failed, within bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.boosting import MOST, Attention, Round, attention, places
from analyzers.pattern import Pattern


@pytest.fixture
def two(unverified: Pattern) -> tuple[Pattern, Pattern]:
    """A pattern of task a, and one of task b."""
    return replace(unverified, id="p-a", tasks=("a",)), replace(unverified, id="p-b", tasks=("b",))


def test_without_an_earlier_round_everything_weighs_the_same(two: tuple[Pattern, Pattern]) -> None:
    """So a first round is ranked by evidence alone."""
    found = attention(two, {"a": 1.0, "b": 0.5}, ())

    assert found == Attention(tasks={"a": 1.0, "b": 1.0}, patterns={"p-a": 1.0, "p-b": 1.0})


def test_a_task_that_goes_on_failing_weighs_more(two: tuple[Pattern, Pattern]) -> None:
    """And so does the pattern that holds it; the mean stays 1."""
    found = attention(two, {"a": 1.0, "b": 1.0}, [Round(name="1", failing={"a": 1.0})])

    assert found.tasks["a"] > 1.0 > found.tasks["b"]
    assert found.patterns["p-a"] > found.patterns["p-b"]
    assert sum(found.tasks.values()) / 2 == pytest.approx(1.0)
    assert found.rounds == 1


def test_a_task_that_fails_half_of_the_time_keeps_its_weight(two: tuple[Pattern, Pattern]) -> None:
    """It is as AdaBoost has a learner that is right half of the time."""
    assert attention(two, {"a": 1.0}, [Round(name="1", failing={"a": 0.5})]).tasks == {"a": 1.0}


def test_experiments_that_missed_raise_their_pattern(two: tuple[Pattern, Pattern]) -> None:
    """Though its tasks weigh what the others' weigh."""
    rounds = [Round(name=str(n), failing={"a": 1.0, "b": 1.0}, missed=frozenset({"p-b"})) for n in range(2)]
    found = attention(two, {"a": 1.0, "b": 1.0}, rounds)

    assert found.of("p-b") > found.of("p-a")
    assert found.of("unheard-of") == 1.0


def test_weights_are_bounded_however_many_rounds_there_were(unverified: Pattern) -> None:
    """A task that nobody can solve does not take all attention."""
    patterns = [replace(unverified, id=f"p-{n}", tasks=(str(n),)) for n in range(20)]
    rounds = [Round(name=str(n), failing={"0": 1.0}, missed=frozenset({"p-0"})) for n in range(50)]
    found = attention(patterns, {str(n): 1.0 for n in range(20)}, rounds)

    assert found.tasks["0"] == found.patterns["p-0"] == MOST
    assert min(found.patterns.values()) == 1.0 / MOST


def test_the_effect_is_shown_as_places() -> None:
    """By rank alone, and with the weight."""
    weights = Attention(patterns={"p-a": 0.5, "p-b": 2.0})

    assert places({"p-a": 0.3, "p-b": 0.2}, weights) == {"p-a": (1, 2), "p-b": (2, 1)}
