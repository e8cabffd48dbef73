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
