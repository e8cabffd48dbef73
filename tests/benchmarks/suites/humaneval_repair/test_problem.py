"""Problems as the data set has them."""

from __future__ import annotations

import ast

import pytest

from benchmarks.suites.humaneval_repair.problem import Problem, all_problems


def test_all_problems_are_there() -> None:
    """164, each a group of its own, in their order."""
    problems = all_problems()

    assert len(problems) == len({problem.group for problem in problems}) == 164
    assert (problems[12].id, problems[12].group) == ("HumanEval/12", "HumanEval_12")


def test_references_extend_their_prompts() -> None:
    """A reference is its prompt and a body; both are programs that define the function."""
    for problem in all_problems():
        for text in (problem.prompt, problem.reference):
            functions = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}

            assert problem.entry_point in functions
        assert problem.reference.startswith(problem.prompt)
        assert problem.reference.endswith("\n")


@pytest.mark.parametrize(("name", "group"), [("HumanEval/0", "HumanEval_0"), ("A/b/3", "A_b_3")])
def test_a_group_is_the_id_as_one_word(name: str, group: str) -> None:
    """So that it can be part of a task's id and of a path."""
    assert Problem(id=name, entry_point="f", prompt="", reference="", tests="").group == group


def test_every_problem_brings_tests_of_a_candidate() -> None:
    """Its tests define ``check`` and do not run by themselves."""
    for problem in all_problems():
        functions = [node for node in ast.parse(problem.tests).body if isinstance(node, ast.FunctionDef)]

        assert [function.name for function in functions][-1] == "check"


def test_reading_them_twice_gives_the_same() -> None:
    """The data set is read from the package, never from the network."""
    assert all_problems() == all_problems()
