"""Facts are read out of test output of many kinds."""

from __future__ import annotations

import pytest

from harness.simulated.facts import Fact, read_report

FUNCTIONS = frozenset({"f", "g"})


@pytest.mark.parametrize(
    ("line", "call", "expected"),
    [
        ("FAIL f([1, 2]) returned True, expected False", "f([1, 2])", "False"),
        ("FAIL f(1) raised IndexError: list index out of range, expected 3", "f(1)", "3"),
        ("FAIL f('a, b', (1,)) returned 'x', expected 'a (b), c'", "f('a, b', (1,))", "'a (b), c'"),
        ("AssertionError: f(2) == 3, expected: 4", "f(2)", "4"),
        ("E       assert f(g(1)) == [1, 2]", "f(g(1))", "[1, 2]"),
        ("    self.assertEqual(f(1), -2.5)", "f(1)", "-2.5"),
        ("f(0): expected None, got 0", "f(0)", "None"),
        ("FAIL f(1): got 2, should be 3.", "f(1)", "3"),
        ("FAIL f(1) -> {'a': 1}", "f(1)", "{'a': 1}"),
    ],
)
def test_a_failing_line_gives_a_fact(line: str, call: str, expected: str) -> None:
    """The call and the value that it should give, whatever the wording."""
    report = read_report(f"{line}\n", 1, FUNCTIONS)

    assert report.failing == (Fact(call=call, expected=expected),)
    assert report.passed is False


def test_a_passing_line_gives_a_fact_that_holds() -> None:
    """What an example returned that passed is what it should return."""
    report = read_report("ok   f(1) returned 2\n1 of 1 examples passed\n", 0, FUNCTIONS)

    assert report.passing == (Fact(call="f(1)", expected="2"),)
    assert report.failing == ()
    assert report.passed is True


def test_a_doctest_report_is_read() -> None:
    """Doctest puts the value below the call."""
    output = "Failed example:\n    f(3)\nExpected:\n    [3]\nGot:\n    []\n"
    report = read_report(output, 1, FUNCTIONS)

    assert report.failing == (Fact(call="f(3)", expected="[3]"),)


@pytest.mark.parametrize(
    "line",
    [
        "    >>> f(1)",
        "fruit: f(5, 19) -> 19 - 5 = 14",
        "    return f(n - 1) == f(n - 2)",
        "FAIL f(1) returned 2, expected <object at 0x7f>",
        "FAIL other(1) returned 2, expected 3",
        "FAIL f([1, 2, 3... returned 2, expected 3",
    ],
)
def test_source_text_and_unreadable_lines_give_nothing(line: str) -> None:
    """Only what a test reports counts."""
    assert read_report(line, 1, FUNCTIONS).facts == ()


@pytest.mark.parametrize(
    ("output", "exit_code", "passed"),
    [
        ("2 of 3 examples passed", 0, False),
        ("3 of 3 examples passed", 0, True),
        ("3 of 3 examples passed", None, True),
        ("FAIL f(1) returned 2, expected 3", 0, False),
        ("Traceback (most recent call last):", None, False),
        ("all is well", 0, True),
        ("all is well", 1, False),
        ("a trace without an end", None, None),
    ],
)
def test_the_verdict_follows_text_before_exit_code(
    output: str, exit_code: int | None, passed: bool | None
) -> None:
    """A pipe hides the exit code of the tests, so what they print comes first."""
    assert read_report(output, exit_code, FUNCTIONS).passed is passed


def test_a_fact_is_told_once() -> None:
    """A line that is printed twice is one fact."""
    assert len(read_report("FAIL f(1) returned 2, expected 3\n" * 3, 1, FUNCTIONS).failing) == 1
