"""Literals: what gives a verifier away is found, everyday values are not."""

from __future__ import annotations

import pytest

from benchmarks.leak_literals import literals_of


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ("assert f('al@berg.example') == 1", {"al@berg.example"}),
        ("assert f(\n    [5, 3,\n -5, 2, 9, 0]) == 84723", {"[5,3,-5,2,9,0]", "84723"}),
        ("assert f(('a', 'b', 'c', 'd', 'e', 'zz'))", {"('a','b','c','d','e','zz')"}),
        ("assert f(3) == 2.71828", {"2.71828"}),
        ("f('the quick brown fox jumps over')", {"the quick brown fox jumps over"}),
    ],
)
def test_telling_literals_are_found(checks: str, expected: set[str]) -> None:
    """Unusual texts, numbers of several digits, and lists that do not just count."""
    assert expected <= literals_of(checks)


@pytest.mark.parametrize(
    "checks",
    [
        "assert f('Hello world') == 'yes'",
        "assert f([1, 2, 3, 4, 5, 6]) == 100000",
        "assert f('abcdefghijklmnopqrstuvwxyz')",
        "assert f(1) == 2, 'this message is not 1 of the literals'",
        "def check():\n    'A docstring, 12345 characters long.'\n",
        "assert error.cause == 'exception:ValueError'",
        "print(f'{x} and then 54321 more of it')",
        "assert f(12345) == 1.0",
    ],
)
def test_everyday_values_are_not(checks: str) -> None:
    """Greetings, counting, alphabets, messages, docstrings and words of our own."""
    assert literals_of(checks) == frozenset()
