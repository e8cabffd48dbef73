"""Mutants: one change each, distinct, in the seed's order, in the function's own body."""

from __future__ import annotations

import ast
import difflib

from benchmarks.suites.humaneval_repair.mutation import mutants
from benchmarks.suites.humaneval_repair.problem import Problem, all_problems


def test_mutants_change_one_place_of_the_solution(problems: tuple[Problem, ...]) -> None:
    """The prompt, with the docstring and helpers, is as it was; one line at most differs."""
    for problem in problems:
        for mutant in mutants(problem, seed=1, limit=24):
            differing = list(difflib.ndiff(problem.reference.split("\n"), mutant.text.split("\n")))

            assert mutant.text.startswith(problem.prompt)
            assert sum(line.startswith("- ") for line in differing) <= 1


def test_mutants_are_distinct_and_compile(problems: tuple[Problem, ...]) -> None:
    """No mutant is another's twin or the reference, and each is Python."""
    for problem in problems:
        texts = [mutant.text for mutant in mutants(problem, seed=1, limit=24)]

        assert len({problem.reference, *texts}) == len(texts) + 1
        assert all(ast.parse(text) for text in texts)


def test_the_seed_decides(problems: tuple[Problem, ...]) -> None:
    """The same seed gives the same mutants, another seed others; fewer are the beginning of more."""
    problem = problems[1]
    ten = mutants(problem, seed=1, limit=10)

    assert mutants(problem, seed=1, limit=10) == ten
    assert mutants(problem, seed=1, limit=4) == ten[:4]
    assert mutants(problem, seed=2, limit=10) != ten


def test_every_problem_has_mutants() -> None:
    """Even the shortest solutions can be broken."""
    without = [problem.id for problem in all_problems() if not mutants(problem, seed=0, limit=1)]

    assert without == []
