"""Examples: what a problem's text shows is found in all the ways that texts show it."""

from __future__ import annotations

import pytest

from benchmarks.suites.humaneval_repair.examples import Example, examples_of
from benchmarks.suites.humaneval_repair.problem import Problem, all_problems


def problem(text: str) -> Problem:
    prompt = f'def f(x):\n    """Do it.\n{text}\n    """\n'
    return Problem(id="T/1", entry_point="f", prompt=prompt, reference=prompt, tests="")


CASES = {
    "    >>> f(2)\n    4": ("f(2)", "4"),
    "    >>> round(f([1, 2]), 2)  # about\n    -0.5": ("round(f([1, 2]), 2)", "-0.5"),
    "    f([1,2]) == [2, 1]": ("f([1, 2])", "[2, 1]"),
    '    * f("a b") => "YES"': ("f('a b')", "'YES'"),
    "    f('x') ➞ false": ("f('x')", "False"),
    "    f(3) should return 5.": ("f(3)", "5"),
    "    f(3) returns (1, 2) # a pair": ("f(3)", "(1, 2)"),
    "    for f(7, 34) == 34": ("f(7, 34)", "34"),
    "    f('a)b') -> 1": ("f('a)b')", "1"),
    "    f(3)   # returns 'x'": ("f(3)", "'x'"),
    "    f(3) is nice": ("f(3)", None),
}


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=CASES.keys())
def test_an_example_is_found(text: str, expected: tuple[str, str | None]) -> None:
    """The call and what the text promises of it."""
    assert examples_of(problem(text)) == (Example(call=expected[0], promised=expected[1]),)


@pytest.mark.parametrize("text", ["    f(n) = f(n - 1) + 1", "    calls f() badly (", "    >>> x = 1", ""])
def test_what_is_no_example_is_none(text: str) -> None:
    """Formulas with free names and broken calls are left alone."""
    assert examples_of(problem(text)) in {(), (Example(call="f()", promised=None),)}


def test_most_problems_show_examples() -> None:
    """At least four of five problems have examples in their text."""
    known = all_problems()

    assert sum(bool(examples_of(problem)) for problem in known) >= 0.8 * len(known)


@pytest.mark.parametrize(
    "separator", ["==", "=", "=>", "==>", "->", "-->", "➞", "returns", "return", "should return", "# =>"]
)
def test_a_promise_follows_any_of_the_usual_signs(separator: str) -> None:
    """However a text writes "gives"."""
    assert examples_of(problem(f"    f(1) {separator} [2, 3]")) == (Example(call="f(1)", promised="[2, 3]"),)


@pytest.mark.parametrize(
    ("written", "promised"),
    [
        ("True", "True"),
        ("FALSE.", "False"),
        ("none", "None"),
        ("{'a': 1}, because", "{'a': 1}"),
        ("1.50", "1.5"),
        ("-3;", "-3"),
        ("(1, 2)  # why", "(1, 2)"),
        ("'two words' and more", "'two words'"),
        ("something", None),
        ("1 + x", "1"),
        ("", None),
    ],
)
def test_the_longest_literal_is_what_is_promised(written: str, promised: str | None) -> None:
    """What follows it in the sentence is left out, and no literal is no promise."""
    assert examples_of(problem(f"    f(1) == {written}")) == (Example(call="f(1)", promised=promised),)


def test_doctests_come_before_prose() -> None:
    """A text with both has said it properly once."""
    text = "    f(1) == 2\n    >>> f(3)\n    4\n"

    assert examples_of(problem(text)) == (Example(call="f(3)", promised="4"),)


def test_a_broken_doctest_leaves_the_prose() -> None:
    """Inconsistent blanks make the text no doctest, but its other examples stand."""
    text = "    f(1) == 2\n    >>> f(3)\n  4\n"

    assert Example(call="f(1)", promised="2") in examples_of(problem(text))


def test_a_call_that_is_shown_twice_counts_once_as_first_promised() -> None:
    """In the order of the text."""
    text = "    f(2) == 3\n    f(1) == 2\n    f(2) == 4\n"

    assert examples_of(problem(text)) == (
        Example(call="f(2)", promised="3"),
        Example(call="f(1)", promised="2"),
    )


def test_a_doctest_of_another_function_is_no_example() -> None:
    """Helpers may be shown as well."""
    assert examples_of(problem("    >>> g(1)\n    2\n")) == ()


def test_a_doctest_with_a_free_name_is_no_example() -> None:
    """Its call would not run by itself."""
    assert examples_of(problem("    >>> f(x)\n    2\n    >>> f(1)\n    3\n")) == (
        Example(call="f(1)", promised="3"),
    )


def test_the_definition_itself_is_no_example() -> None:
    """``def f(x)`` reads like a call."""
    assert examples_of(problem("")) == ()
