"""Assembly: a blueprint and its problem make a task, byte for byte."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from benchmarks.suites.humaneval_repair.assembly import assemble
from benchmarks.suites.humaneval_repair.blueprint import Blueprint
from benchmarks.suites.humaneval_repair.problem import Problem, all_problems
from benchmarks.verifiers import ScriptVerifier
from harness.sandbox import Sandbox


@pytest.fixture
def problem(problems: tuple[Problem, ...]) -> Problem:
    return problems[0]


@pytest.fixture
def blueprint(problem: Problem) -> Blueprint:
    return Blueprint(
        problem=problem.id,
        number=2,
        operator="comparison",
        program=problem.reference.replace("< 0", "<= 0"),
        visible=(("below_zero([1, 2])", "False"), ("below_zero(['a$b', \"c'd\"])", "'ä $x'")),
        visible_rejects=True,
    )


def test_the_same_blueprint_makes_the_same_task(blueprint: Blueprint, problem: Problem) -> None:
    """Nothing else goes in."""
    assert assemble(blueprint, problem) == assemble(blueprint, problem)


def test_examples_are_written_as_they_are(blueprint: Blueprint, problem: Problem) -> None:
    """Quotes, dollars and letters beyond ASCII survive the template."""
    visible = assemble(blueprint, problem).assignment.files["check_visible.py"].decode()
    namespace: dict[str, object] = {"__name__": "visible"}
    exec(visible, namespace)

    assert namespace["EXAMPLES"] == [("below_zero([1, 2])", False), ("below_zero(['a$b', \"c'd\"])", "ä $x")]
    assert namespace["PROGRAM"] == "below_zero"


def test_the_verifier_holds_the_whole_tests(blueprint: Blueprint, problem: Problem) -> None:
    """Its checks are the problem's tests and nothing of the mutant."""
    task = assemble(blueprint, problem)

    assert problem.tests in task.verifier.checks  # type: ignore[attr-defined]
    assert "<= 0" not in task.verifier.checks  # type: ignore[attr-defined]


def test_a_broken_constraint_is_not_forgiven(
    blueprint: Blueprint, problem: Problem, sandbox: Sandbox
) -> None:
    """The reference passes; emptied notes or a missing visible test do not."""
    task = assemble(blueprint, problem)
    solved = {**task.assignment.files, **task.reference}
    without = {path: content for path, content in solved.items() if path != "check_visible.py"}

    assert task.verifier.verify(solved, sandbox).passed
    assert task.verifier.verify({**solved, "CHANGES.md": b""}, sandbox).cause == "constraint:changes"
    assert task.verifier.verify(without, sandbox).cause == "constraint:check_visible"


def test_no_program_shadows_a_module() -> None:
    """A program file named like a standard module would break the visible test."""
    assert not {problem.entry_point for problem in all_problems()} & sys.stdlib_module_names


def test_a_task_is_named_after_its_problem_and_number(blueprint: Blueprint, problem: Problem) -> None:
    """One group for all tasks of a problem, an id for each."""
    one, other = (assemble(replace(blueprint, number=number), problem) for number in (1, 3))

    assert (one.id, other.id) == ("humaneval-repair/HumanEval_3/m1", "humaneval-repair/HumanEval_3/m3")
    assert one.group == other.group == "HumanEval_3"
    assert one.assignment.task == one.id


def test_the_workspace_holds_the_broken_program_and_the_reference_mends_it(
    blueprint: Blueprint, problem: Problem
) -> None:
    """The reference also adds the note that the instruction asks for."""
    task = assemble(blueprint, problem)

    assert task.assignment.files["below_zero.py"].decode() == blueprint.program
    assert task.reference["below_zero.py"].decode() == problem.reference
    assert task.reference["CHANGES.md"].startswith(task.assignment.files["CHANGES.md"])


def test_every_text_names_the_module_and_leaves_no_placeholder(
    blueprint: Blueprint, problem: Problem
) -> None:
    """What an agent reads is finished."""
    task = assemble(blueprint, problem)
    shown = (task.assignment.instruction, task.assignment.files["README.md"].decode())

    assert all("below_zero" in text and "$" not in text for text in shown)


def test_every_problems_task_is_python_throughout(blueprint: Blueprint) -> None:
    """Programs, visible tests and checks of all 164 problems compile."""
    for problem in all_problems():
        task = assemble(replace(blueprint, problem=problem.id, program=problem.prompt), problem)
        verifier = task.verifier

        assert isinstance(verifier, ScriptVerifier)
        assert verifier.required == (f"{problem.entry_point}.py",)
        compile(verifier.checks, problem.id, "exec")
        compile(task.assignment.files["check_visible.py"], problem.id, "exec")
        compile(task.assignment.files[f"{problem.entry_point}.py"], problem.id, "exec")
