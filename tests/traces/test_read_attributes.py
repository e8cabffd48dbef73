"""Attributes are read whatever their types."""

from __future__ import annotations

import math

import pytest

from traces.read_attributes import number_of, text_of, texts_of, whole_of
from traces.span import AttributeValue


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1.0), (0.5, 0.5), ("2.5", 2.5), (True, 1.0), ("x", None), (math.inf, None), ("nan", None), ((1,), None),
     (10**400, None)],
)  # fmt: skip
def test_numbers(value: AttributeValue, number: float | None) -> None:
    """Finite ones, also as text."""
    assert number_of({"k": value}, "k") == number


@pytest.mark.parametrize(
    ("value", "number"), [(2**62 + 1, 2**62 + 1), ("12", 12), (3.9, 3), ("x", -1), (math.nan, -1), (True, 1)]
)
def test_whole_numbers(value: AttributeValue, number: int) -> None:
    """Exactly where they came as such, and the default for what is none."""
    assert whole_of({"k": value}, "k", default=-1) == number


def test_texts() -> None:
    """One value or a list, and nothing where there is nothing."""
    assert text_of({"k": 5}, "k") == "5"
    assert text_of({}, "k") == ""
    assert texts_of({"k": ("a", "b")}, "k") == ("a", "b")
    assert texts_of({"k": "a"}, "k") == ("a",)
    assert texts_of({}, "k") == ()
