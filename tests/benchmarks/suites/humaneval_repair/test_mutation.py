"""Mutants: one change each, distinct, in the seed's order, in the function's own body."""

from __future__ import annotations

import ast
import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.suites.humaneval_repair.mutation import _changes, mutants
from benchmarks.suites.humaneval_repair.problem import Problem, all_problems
from benchmarks.suites.humaneval_repair.source_text import SourceText


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


def problem_of(prompt: str, body: str) -> Problem:
    return Problem(id="T/1", entry_point="f", prompt=prompt, reference=prompt + body, tests="")


HELPER = 'def g(xs):\n    return [x + 1 for x in xs if x > 2]\n\n\ndef f(xs):\n    """Add.\n    """\n'


def test_a_helper_in_the_prompt_stays_as_it_is() -> None:
    """Its comprehensions too, which have no position of their own."""
    made = mutants(problem_of(HELPER, "    return [y for y in g(xs) if y]\n"), seed=1, limit=50)

    assert made
    assert all(mutant.text.startswith(HELPER) for mutant in made)
    assert {"filter_dropped", "negation"} <= {mutant.operator for mutant in made}


def test_what_cannot_be_changed_gives_no_mutants() -> None:
    """A body without a place for any operator."""
    assert mutants(problem_of("def f(x):\n", "    return None\n"), seed=1, limit=5) == ()


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_there_are_never_more_mutants_than_asked_for(limit: int) -> None:
    """And all there are where there are fewer."""
    made = mutants(problem_of("def f(a, b):\n", "    return a + b\n"), seed=1, limit=limit)

    assert len(made) == min(limit, len(ALL_OF_A_SUM))
    assert {mutant.text.split("return ")[1].strip() for mutant in made} <= ALL_OF_A_SUM


ALL_OF_A_SUM = {"a - b", "b + b", "a + a"}


def test_the_first_mutants_change_different_places() -> None:
    """Each place once before any comes twice, so that a problem's tasks differ."""
    problem = problem_of("def f(a, b, c):\n", "    return a < b and b < c and a < 9\n")
    source = SourceText(problem.reference)
    count = len({(c.start, c.end) for changes in _changes(problem, source).values() for c in changes})
    places = [
        difflib.SequenceMatcher(None, problem.reference, mutant.text, autojunk=False).get_matching_blocks()[0]
        for mutant in mutants(problem, seed=3, limit=6)
    ]

    assert count > 6
    assert len({place.size for place in places}) >= 5


def test_f_strings_are_left_alone() -> None:
    """Positions inside of them are not to be relied on."""
    body = "    return f'{x + 1} {x < 2}'\n"
    made = mutants(problem_of("def f(x):\n", body), seed=1, limit=50)

    assert made == ()


def test_variables_of_a_comprehension_are_not_put_outside_of_it() -> None:
    """They would be unknown there; names of parameters and assignments are known everywhere."""
    body = "    total = 0\n    total += sum(x for x in xs)\n    return total\n"
    texts = [m.text for m in mutants(problem_of("def f(xs):\n", body), seed=1, limit=50)]

    assert any("return xs" in text for text in texts)
    assert not any("return x\n" in text for text in texts)


def test_texts_of_more_than_one_line_are_not_put_elsewhere() -> None:
    """A swap stays on its line."""
    body = "    a = 'one'\n    b = '''two\nlines'''\n    return a + b + 'three'\n"
    swapped = [
        m.text
        for m in mutants(problem_of("def f():\n", body), seed=1, limit=99)
        if m.operator == "text_swapped"
    ]

    assert sorted(text.count("lines") for text in swapped) == [1] * len(swapped)
    assert len(swapped) == 2


def test_a_change_that_is_no_python_is_left_out() -> None:
    """``sorted`` over a bare generator cannot take another argument."""
    problem = problem_of("def f(xs):\n", "    return sorted(x for x in xs)\n")

    assert "call_changed" not in {mutant.operator for mutant in mutants(problem, seed=1, limit=50)}


@given(seed=st.integers(0, 10_000))
def test_every_operator_gets_its_turn_by_the_seed(seed: int) -> None:
    """Whatever comes first, the whole set of mutants does not depend on the seed."""
    problem = problem_of("def f(a, b):\n", "    return a[1:] + b if a < b else max(a, b)\n")

    assert set(mutants(problem, seed=seed, limit=99)) == set(mutants(problem, seed=0, limit=99))
