"""The trial: what rejects a mutant, what is endless, and that nothing else counts."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

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


@pytest.mark.parametrize(
    ("expected", "value", "meets"),
    [
        ("3", "3", True),
        ("3", "4", False),
        ("0.1", "0.1 + 1e-9", True),
        ("0.1", "0.11", False),
        ("1000000.0", "1000000.5", True),
        ("2.0", "2", True),
        ("2.0", "'2'", False),
        ("[0.1]", "[0.1 + 1e-9]", False),
        ("None", "None", True),
    ],
)
def test_an_example_is_met_exactly_or_closely_for_single_floats(
    expected: str, value: str, meets: bool
) -> None:
    """As the visible test that the agent gets compares them."""
    cause = trial.cause_of(partial(trial.meet, ("f()", expected), f"def f(): return {value}\n"))

    assert cause == ("passed" if meets else "assertion")


class OwnError(Exception):
    """An error of a program."""


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (AssertionError(), "assertion"),
        (MemoryError(), "memory"),
        (KeyError("k"), "exception:KeyError"),
        (OwnError(), "exception:OwnError"),
        (RecursionError(), "exception:RecursionError"),
    ],
)
def test_a_tests_end_has_a_cause(error: Exception, cause: str) -> None:
    """Memory is told apart, because it is the machine's affair."""

    def test() -> None:
        raise error

    assert trial.cause_of(test) == cause


@pytest.mark.parametrize(
    ("result", "rejected", "good"),
    [
        ({"hidden": "assertion", "visible": ["assertion"]}, True, True),
        ({"hidden": "assertion", "visible": ["passed"]}, True, False),
        ({"hidden": "exception:KeyError", "visible": ["exception:KeyError"]}, True, False),
        ({"hidden": "passed", "visible": ["assertion"]}, False, False),
        ({"hidden": "memory", "visible": ["assertion"]}, False, False),
        ({"ended": "endless"}, False, False),
        ({"ended": "killed"}, False, False),
    ],
)
def test_only_mutants_that_every_machine_rejects_count(
    result: dict[str, Any], rejected: bool, good: bool
) -> None:
    """Endless and killed ones do not, and a good one also gives a wrong answer to an example."""
    assert (trial.rejected(result), trial.good(result)) == (rejected, good)


@pytest.mark.parametrize(
    ("lines", "visible", "is_enough"),
    [
        (10, "assertion", True),
        (10, "passed", False),
        (trial.DEAR, "passed", True),
        (trial.DEAR, "assertion", True),
    ],
)
def test_dear_problems_settle_for_rejected_mutants(lines: int, visible: str, is_enough: bool) -> None:
    """Where trying costs millions of lines, a mutant that no example shows is good enough."""
    tried = [{"hidden": "assertion", "visible": [visible], "lines": lines}] * 2

    assert trial.enough(tried, 2, budget=100) is is_enough
    assert not trial.enough(tried, 3, budget=100)


def test_a_mutant_that_ended_early_is_counted_with_the_whole_budget() -> None:
    """It has no count of its own, and it spent all that it was given."""
    found = [{"hidden": "assertion", "visible": ["passed"], "lines": 1}]

    assert trial.enough([{"ended": "endless"}, *found], 1, budget=trial.DEAR + 1)
    assert not trial.enough([{"ended": "endless"}, *found], 1, budget=10)


def test_the_recorder_notes_arguments_before_they_are_changed() -> None:
    """A function that sorts its argument in place is shown with what it was given."""

    def pop(items: list[int]) -> int:
        return items.pop()

    recorder = trial.Recorder("pop", pop)

    assert recorder([1, 2]) == 2
    assert recorder.calls == {"pop([1, 2])": "2"}


def test_the_recorder_keeps_the_first_calls_and_passes_all_on() -> None:
    """Each call once, no more than forty, and only results that can be written down."""
    recorder = trial.Recorder("f", lambda n: object() if n == 1 else n)
    results = [recorder(n % 60) for n in range(120)]

    assert len(results) == 120
    assert len(recorder.calls) == trial.RECORDED_CALLS
    assert "f(1)" not in recorder.calls
    assert list(recorder.calls)[:2] == ["f(0)", "f(2)"]


def test_only_the_programs_own_lines_are_counted() -> None:
    """What a library or the tests do is not the program's expense."""
    counter = trial.LineCounter(1000, lambda: pytest.fail("within the budget"))
    namespace = trial.namespace_of(
        "import textwrap\ndef f():\n    x = textwrap.dedent('  a')\n    return x\n"
    )
    sys.settrace(counter.on_call)
    namespace["f"]()
    sys.settrace(None)

    assert counter.lines == 2


def test_exceeding_the_budget_is_told_at_once() -> None:
    """On the very line beyond it."""

    def stop() -> NoReturn:
        raise OwnError

    counter = trial.LineCounter(5, stop)
    function = trial.namespace_of("def f():\n    while True:\n        pass\n")["f"]
    sys.settrace(counter.on_call)
    try:
        with pytest.raises(OwnError):
            function()
    finally:
        sys.settrace(None)

    assert counter.lines == 6


CONFIRMED = [
    ({"call": "f(2)", "promised": "3"}, ("f(2)", "3")),
    ({"call": "f(2)", "promised": None}, ("f(2)", "3")),
    ({"call": "f(2)", "promised": "3.0"}, ("f(2)", "3")),
    ({"call": "f(2)", "promised": "4"}, None),
    ({"call": "f('x')", "promised": "4"}, None),
    ({"call": "f()", "promised": None}, None),
    ({"call": "f", "promised": None}, None),
]


@pytest.mark.parametrize(("example", "shown"), CONFIRMED, ids=[str(case[0]) for case in CONFIRMED])
def test_an_example_is_confirmed_by_the_reference(
    example: dict[str, str | None], shown: tuple[str, str] | None
) -> None:
    """With the reference's own value; what it refuses, or cannot be written down, is not shown."""
    assert trial.confirmed(example, trial.namespace_of(REFERENCE)) == shown


def test_tests_take_their_names_from_the_reference_and_their_chance_from_a_fixed_seed() -> None:
    """A mutant cannot change what its tests compare with, and every trial draws the same."""
    tests = "import random\ndef check(candidate):\n    candidate(random.random())\n    assert f(3) == 6\n"
    drawn: list[float] = []
    for _ in range(2):
        trial.run_tests({**PROBLEM, "tests": tests}, drawn.append)

    assert drawn[0] == drawn[1]


def test_without_examples_the_shortest_recorded_calls_are_shown() -> None:
    """Three of the tests' own calls, long ones last."""
    tests = "def check(candidate):\n" + "".join(
        f"    assert candidate({n}) == f({n})\n" for n in (5, 1, 2, 7)
    )
    result = trial.try_problem({**PROBLEM, "examples": [], "tests": tests, "mutants": []})

    assert result["visible"] == [["f(5)", "15"], ["f(1)", "1"], ["f(2)", "3"]]


def test_no_more_examples_are_shown_than_wanted() -> None:
    """The first ones of the text."""
    examples = [{"call": f"f({n})", "promised": None} for n in range(5)]
    result = trial.try_problem({**PROBLEM, "examples": examples, "shown": 2, "mutants": []})

    assert [call for call, _ in result["visible"]] == ["f(0)", "f(1)"]


def test_the_program_reads_and_writes_its_files(tmp_path: Path) -> None:
    """As the sandbox starts it: problems in, results out, in the order of the problems."""
    wrong = REFERENCE.replace("n > 0", "n > 1")
    problems = [{**PROBLEM, "id": name, "mutants": [wrong]} for name in ("T/1", "T/2")]
    (tmp_path / "problems.json").write_text(json.dumps(problems))
    subprocess.run([sys.executable, "-I", trial.__file__], cwd=tmp_path, check=True)
    results = json.loads((tmp_path / "results.json").read_text())

    assert [result["id"] for result in results] == ["T/1", "T/2"]
    assert [trial.good(result["mutants"][0]) for result in results] == [True, True]
