"""Generation: the same tasks from the same seed, rejected by the problem's own tests."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.errors import SuiteError
from benchmarks.suites.humaneval_repair.blueprint import Blueprint
from benchmarks.suites.humaneval_repair.generation import TASKS_WANTED, _choose, generate
from benchmarks.suites.humaneval_repair.mutation import Mutant
from benchmarks.suites.humaneval_repair.problem import Problem
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox


@pytest.fixture(scope="module")
def blueprints(problems: tuple[Problem, ...], sandbox: Sandbox) -> tuple[Blueprint, ...]:
    return generate(problems, seed=11, sandbox=sandbox)


def test_generation_repeats_itself(
    problems: tuple[Problem, ...], blueprints: tuple[Blueprint, ...], sandbox: Sandbox
) -> None:
    """Another run, with another number of workers, makes the same tasks."""
    assert generate(problems, seed=11, sandbox=sandbox, workers=1) == blueprints


def test_another_sandbox_makes_the_same_tasks(
    problems: tuple[Problem, ...], blueprints: tuple[Blueprint, ...]
) -> None:
    """Tasks do not depend on how programs are isolated."""
    made = generate(problems[:2], seed=11, sandbox=DirectorySandbox())

    assert made == tuple(b for b in blueprints if b.problem in {p.id for p in problems[:2]})


def test_another_seed_makes_other_tasks(
    problems: tuple[Problem, ...], blueprints: tuple[Blueprint, ...], sandbox: Sandbox
) -> None:
    """The seed decides which mutants are taken."""
    assert generate(problems[:2], seed=12, sandbox=sandbox) != blueprints[:6]


def test_every_problem_gives_tasks_with_examples(
    problems: tuple[Problem, ...], blueprints: tuple[Blueprint, ...]
) -> None:
    """Up to three each, numbered from one, each with something to show."""
    for problem in problems:
        own = [blueprint for blueprint in blueprints if blueprint.problem == problem.id]

        assert [blueprint.number for blueprint in own] == list(range(1, len(own) + 1))
        assert 1 <= len(own) <= 3
        assert all(blueprint.visible for blueprint in own)


def test_the_visible_test_rejects_most(blueprints: tuple[Blueprint, ...]) -> None:
    """Mutants that the examples reject are preferred."""
    rejected = sum(blueprint.visible_rejects for blueprint in blueprints)

    assert rejected >= 0.8 * len(blueprints)


def test_blueprints_survive_json(blueprints: tuple[Blueprint, ...]) -> None:
    """What the cache keeps comes back as it was."""
    assert [Blueprint.from_record(blueprint.to_record()) for blueprint in blueprints] == list(blueprints)


def test_progress_counts_problems(problems: tuple[Problem, ...], sandbox: Sandbox) -> None:
    """Progress ends at all problems."""
    seen: list[tuple[int, int]] = []
    generate(problems[:2], seed=11, sandbox=sandbox, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(2, 2)]


def test_a_useless_sandbox_is_an_error(
    problems: tuple[Problem, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the trial cannot run, the message says what is missing."""
    monkeypatch.setattr("benchmarks.suites.humaneval_repair.generation.TIMEOUT", 0.001)

    with pytest.raises(SuiteError, match=r"Python 3\.11"):
        generate(problems[:1], seed=1, sandbox=DirectorySandbox())


def mutants_of(count: int) -> tuple[Mutant, ...]:
    return tuple(Mutant(operator=f"o{number}", text=f"p{number}") for number in range(count))


def result_of(*mutants: dict[str, Any]) -> dict[str, Any]:
    return {"id": "T/1", "visible": [["f(1)", "2"]], "mutants": list(mutants)}


WRONG = {"hidden": "assertion", "visible": ["passed", "assertion"]}
RAISES = {"hidden": "exception:KeyError", "visible": ["exception:KeyError"]}
UNSEEN = {"hidden": "assertion", "visible": ["passed"]}


def test_wrong_answers_are_chosen_before_errors_and_errors_before_what_no_example_shows() -> None:
    """Numbered from one in that order, each with its own mutant's text."""
    chosen = list(_choose(result_of(UNSEEN, RAISES, WRONG), mutants_of(3)))

    assert [(made.number, made.operator, made.program) for made in chosen] == [
        (1, "o2", "p2"),
        (2, "o1", "p1"),
        (3, "o0", "p0"),
    ]
    assert [made.visible_rejects for made in chosen] == [True, True, False]


@pytest.mark.parametrize(
    "useless",
    [
        {"hidden": "passed", "visible": ["assertion"]},
        {"hidden": "memory", "visible": ["assertion"]},
        {"ended": "endless"},
    ],
)
def test_mutants_that_the_tests_do_not_reject_everywhere_are_no_tasks(useless: dict[str, Any]) -> None:
    """An equivalent mutant cannot be repaired, and memory differs from machine to machine."""
    assert [made.operator for made in _choose(result_of(useless, WRONG), mutants_of(2))] == ["o1"]


def test_no_problem_gives_more_tasks_than_wanted() -> None:
    """The first ones of equal preference, in the order in which they were tried."""
    chosen = list(_choose(result_of(*[WRONG] * 5), mutants_of(9)))

    assert [made.operator for made in chosen] == [f"o{number}" for number in range(TASKS_WANTED)]


def test_examples_are_kept_as_pairs() -> None:
    """JSON has brought lists."""
    (made,) = _choose(result_of(WRONG), mutants_of(1))

    assert made.visible == (("f(1)", "2"),)


def test_no_problems_make_no_tasks(sandbox: Sandbox) -> None:
    """And open no sandbox."""
    assert generate((), seed=1, sandbox=sandbox) == ()
