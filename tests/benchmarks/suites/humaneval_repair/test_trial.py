"""The trial: what rejects a mutant, what is endless, and that nothing else counts."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from benchmarks.suites.humaneval_repair import trial

REFERENCE = (
    "def f(n):\n    total = 0\n    while n > 0:\n        total += n\n        n -= 1\n    return total\n"
)
PROBLEM: dict[str, Any] = {
    "id": "T/1",
    "entry_point": "f",
    "reference": REFERENCE,
    "tests": "def check(candidate):\n    assert candidate(3) == 6\n    assert candidate(0) == f(0)\n",
    "examples": [{"call": "f(2)", "promised": "3"}, {"call": "f(1)", "promised": "7"}],
    "visible": [("f(2)", "3")],
    "shown": 6,
    "wanted": 1,
}


def tried(program: str) -> dict[str, Any]:
    return trial.in_child(partial(trial.try_mutant, PROBLEM, program), 10_000)


MUTANTS: dict[str, dict[str, Any]] = {
    REFERENCE: {"visible": ["passed"], "hidden": "passed"},
    REFERENCE.replace("n > 0", "n > 1"): {"visible": ["assertion"], "hidden": "assertion"},
    REFERENCE.replace("total += n", "total += q"): {
        "visible": ["exception:NameError"],
        "hidden": "exception:NameError",
    },
    REFERENCE.replace("n -= 1", "pass"): {"ended": "endless"},
    "raise SystemExit\n": {"ended": "SystemExit"},
    "import os\nos._exit(0)\n": {"ended": "killed"},
}


@pytest.mark.parametrize(("program", "expected"), MUTANTS.items())
def test_a_mutant_gets_its_result(program: str, expected: dict[str, Any]) -> None:
    """Wrong answers, errors, endless loops and programs that end the process are told apart."""
    result = tried(program)
    result.pop("lines", None)

    assert result == expected


def test_the_reference_confirms_examples_and_calls() -> None:
    """A wrong promise of the text is dropped, the tests' calls are recorded, its own lines are counted."""
    result = trial.in_child(partial(trial.try_reference, PROBLEM), float("inf"))

    assert result["examples"] == [["f(2)", "3"]]
    assert result["recorded"] == [["f(3)", "6"], ["f(0)", "0"]]
    assert result["lines"] == 1 + 12 + 3 + 3  # the definition, f(3), f(0) and the test's own f(0)


def test_lines_are_counted_alike_every_time() -> None:
    """Counting lines, and not seconds, makes every machine decide alike."""
    assert tried(REFERENCE)["lines"] == tried(REFERENCE)["lines"]


@pytest.mark.parametrize(("lines", "budget"), [(0, 100_000), (100, 102_000), (9_000_000, 11_100_000)])
def test_the_budget_grows_with_the_reference(lines: int, budget: int) -> None:
    """Twenty times the reference's own lines, with a floor and a limit to the surplus."""
    assert trial.line_budget(lines) == budget


def test_trying_stops_when_enough_is_found() -> None:
    """Mutants after the last one wanted are not run."""
    wrong = REFERENCE.replace("n > 0", "n > 1")
    result = trial.try_problem({**PROBLEM, "mutants": [REFERENCE, wrong, wrong]})

    assert [trial.good(mutant) for mutant in result["mutants"]] == [False, True]
    assert json.dumps(result)


def test_a_reference_that_fails_gives_no_mutants() -> None:
    """A problem whose own solution its tests refuse is left out."""
    result = trial.try_problem({**PROBLEM, "reference": "def f(n): return 1\n", "mutants": [REFERENCE]})

    assert result["mutants"] == []


@pytest.mark.parametrize(("value", "expected"), [([1, "a"], True), (object(), False), ("x" * 300, False)])
def test_plain_values_can_be_shown(value: object, expected: bool) -> None:
    """Only what can be read back from its text, and is short, is shown as an example."""
    assert trial.plain(value) is expected
