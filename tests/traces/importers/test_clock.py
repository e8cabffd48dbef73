"""Times of a run: as stated, and always in the order of what happened."""

from __future__ import annotations

from collections.abc import Callable

from traces.importers.clock import Clock, first_moment
from traces.importers.importer import Source


def test_stated_moments_are_taken() -> None:
    """As long as they go forward."""
    clock = Clock(100)

    assert [clock.tick(100), clock.tick(250), clock.now] == [100, 250, 250]


def test_what_states_no_time_comes_right_after_what_was_before() -> None:
    """So that the order is kept."""
    clock = Clock(100)

    assert [clock.tick(), clock.tick(), clock.tick(200), clock.tick()] == [100, 101, 200, 201]


def test_a_clock_that_was_set_back_turns_no_order() -> None:
    """An earlier time counts as the next moment."""
    clock = Clock(100)

    assert [clock.tick(300), clock.tick(200), clock.tick(300)] == [300, 301, 302]


def test_without_any_time_moments_are_counted() -> None:
    """A file may state none at all."""
    clock = Clock()

    assert [clock.tick(), clock.tick()] == [1, 2]


def test_the_first_moment_may_stand_on_a_later_line(source_of: Callable[..., Source]) -> None:
    """Lines without one, or with a broken one, are passed over."""
    source = source_of('{"a":1}\nbroken\n{"timestamp":"never"}\n{"timestamp":"2026-01-01T00:00:01Z"}\n')

    assert first_moment(source) == 1_767_225_601_000_000_000


def test_a_file_without_moments_has_no_first_one(source_of: Callable[..., Source]) -> None:
    """The caller then counts."""
    assert first_moment(source_of('{"a":1}\n')) is None
