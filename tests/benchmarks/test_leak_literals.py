"""Literals: what gives a verifier away is found, everyday values are not."""

from __future__ import annotations

import pytest

from benchmarks.leak_literals import LONGEST_TEXT, SHORTEST_PLAIN, SHORTEST_TEXT, literals_of, squeezed


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


@pytest.mark.parametrize(
    "number", ["1e-05", "1e-06", "2.5e-09", "1e+16", "1000000", "0.0001", "11111", "True"]
)
def test_tolerances_and_round_numbers_are_everyday(number: str) -> None:
    """The digits of an exponent tell nothing of a task."""
    assert literals_of(f"assert abs(f(1) - 2) < {number}") == frozenset()


@pytest.mark.parametrize(
    ("length", "telling"),
    [(SHORTEST_TEXT - 1, False), (SHORTEST_TEXT, True), (LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)],
)
def test_texts_count_from_ten_to_two_hundred_characters(length: int, telling: bool) -> None:
    """Shorter ones are anybody's, longer ones nobody repeats in one piece."""
    text = "-" * (length - 2) + "7@"

    assert (text in literals_of(f"f({text!r})")) is telling


@pytest.mark.parametrize(("length", "telling"), [(SHORTEST_PLAIN - 1, False), (SHORTEST_PLAIN, True)])
def test_texts_of_words_only_must_be_longer(length: int, telling: bool) -> None:
    """A greeting is no secret, a sentence may be."""
    text = ("the quick brown fox jumps " * 2)[: length - 1] + "z"

    assert (text in literals_of(f"f({text!r})")) is telling


@pytest.mark.parametrize(
    ("items", "telling"),
    [
        ("[1, 5, 2, 8, 3]", False),
        ("[1, 5, 2, 8, 3, 9]", True),
        ("[1, 2, 4, 5, 7, 8]", True),
        ("[2, 4, 6, 8, 10, 12]", False),
        ("[9, 8, 7, 6, 5, 4, 3]", False),
        ("[x, 5, 2, 8, 3, 9]", False),
        ("(0, 0, 0, 0, 0, 0)", False),
        ("['a', 'b', 'c', 'd', 'e', 'f']", True),
        ("[[1, 2], [3, 4], [5, 6], [7, 8], [9, 1], [2, 2]]", True),
    ],
)
def test_lists_tell_when_they_are_long_irregular_and_literal(items: str, telling: bool) -> None:
    """Six items or more that neither repeat one step nor depend on a name."""
    assert bool(literals_of(f"f({items})")) is telling


def test_lists_are_compared_without_their_layout() -> None:
    """Blanks, line breaks and the kind of quotes hide nothing."""
    (literal,) = literals_of("f(['a',  'b', 'c',\n 'd', 'e', 'zz'])")

    assert literal == squeezed('[ "a", "b",\t"c", "d", "e",\n"zz" ]')


def test_a_list_within_a_list_is_found_by_itself_too() -> None:
    """Half of an expected result gives it away as well."""
    found = literals_of("f([[3, 1, 4, 1, 5, 9], 2])")

    assert "[3,1,4,1,5,9]" in found
