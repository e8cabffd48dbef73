"""Moments in every way that formats write them."""

from __future__ import annotations

import pytest

from traces.importers.moments import duration_of, moment_of

_SECOND = 1_780_000_000
_NS = _SECOND * 10**9


@pytest.mark.parametrize(
    "value",
    [
        _SECOND,
        float(_SECOND),
        _SECOND * 10**3,
        _SECOND * 10**6,
        _NS,
        str(_SECOND),
        str(_NS),
        [_SECOND, 0],
        "2026-05-28T20:26:40Z",
        "2026-05-28 20:26:40",
        "2026-05-28T22:26:40+02:00",
        "2026-05-28T22:26:40.000+0200",
    ],
)
def test_units_and_zones_are_told_apart(value: object) -> None:
    """All of these are the same moment."""
    assert moment_of(value) == _NS


def test_fractions_are_read_to_the_nanosecond() -> None:
    """Which Python's own times are not."""
    assert moment_of("2026-05-28T20:26:40.123456789Z") == _NS + 123_456_789
    assert moment_of([_SECOND, 21_415_667]) == _NS + 21_415_667


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        True,
        -1,
        float("nan"),
        float("inf"),
        10**30,
        "9" * 40,
        [],
        [1],
        ["a", 2],
        [1, float("nan")],
        {},
        "2026-13-45T99:99:99Z",
        "1969-12-31T23:59:59Z",
    ],
)
def test_what_is_no_moment_is_none(value: object) -> None:
    """Of whatever type."""
    assert moment_of(value) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("PT1M2.5S", 62.5),
        ("PT0.25S", 0.25),
        ("P1DT1H", 90_000),
        ([2, 500_000_000], 2.5),
        ("long", None),
        (3, None),
    ],
)
def test_durations_are_read(value: object, seconds: float | None) -> None:
    """Of ISO 8601 and of JavaScript."""
    assert duration_of(value) == (None if seconds is None else int(seconds * 10**9))
