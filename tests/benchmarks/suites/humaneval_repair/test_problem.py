"""Problems as the data set has them."""

from __future__ import annotations

import ast

from benchmarks.suites.humaneval_repair.problem import all_problems


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
