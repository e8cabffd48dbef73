"""Values of parsed JSON, whatever type they turn out to have."""

from __future__ import annotations

import math

import pytest

from traces.importers.read_json import (
    amount,
    as_text,
    bounded,
    count,
    items,
    mapping,
    parse_json,
    text,
    to_json,
    whole,
)


def test_values_of_the_wrong_type_are_empty() -> None:
    """A text, an object and a list are themselves, and all else nothing."""
    assert (text("a"), text(1), text(None)) == ("a", "", "")
    assert (mapping({"a": 1}), mapping([1]), mapping("a")) == ({"a": 1}, {}, {})
    assert (items([1]), items({"a": 1}), items("a")) == ([1], [], [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3), (3.0, 3), (True, 0), ("3", 0), (-1, 0), (math.nan, 0), (math.inf, 0), (10**30, 0), (None, 0)],
)
def test_counts_are_whole_and_bounded(value: object, expected: int) -> None:
    """Token counts fit into what a database can hold."""
    assert count(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, -1), (True, None), (1.5, None), (10**30, None), ("1", None)]
)
def test_whole_numbers_are_those_that_are_stated_as_such(value: object, expected: int | None) -> None:
    """An exit code may be negative, but it is no text and no truth value."""
    assert whole(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, 0.5), (2, 2.0), (-1, 0.0), (math.nan, 0.0), (True, 0.0), (10**400, 0.0)]
)
def test_amounts_are_finite(value: object, expected: float) -> None:
    """A cost is a number from 0 on."""
    assert amount(value) == expected


def test_json_is_read_as_forgivingly_as_python_does() -> None:
    """What the fast parser refuses, the other one may take."""
    assert parse_json(b'{"a":"\\udc00"}') == {"a": "\udc00"}
    assert parse_json('{"a":1}') == {"a": 1}
    with pytest.raises(ValueError, match="column"):
        parse_json(b"{")
    with pytest.raises(ValueError, match="deep"):
        parse_json(b"[" * 100_000)


def test_long_numbers_become_floats() -> None:
    """As the fast parser does it, so that no value depends on which parser read it."""
    assert bounded("12") == 12
    assert bounded("9" * 30) == pytest.approx(1e30)
    assert bounded("9" * 5000) == math.inf


def test_any_json_can_be_written() -> None:
    """Lone surrogates, numbers beyond 64 bits and deep nesting included."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    assert to_json({"a": [1, None]}) == '{"a":[1,null]}'
    assert to_json("\ud800") == '"\\ud800"'
    assert to_json(10**30) == str(10**30)
    assert "deep" in to_json(deep)


def test_texts_stay_as_they_are() -> None:
    """Only what is no text is written as JSON."""
    assert (as_text("a"), as_text(None), as_text({"a": 1})) == ("a", "", '{"a":1}')
