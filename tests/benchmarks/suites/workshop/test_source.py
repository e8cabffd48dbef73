"""The workshop: six tasks that tell work from no work."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.splits import tasks_of
from benchmarks.suite_check import check_task
from benchmarks.suite_store import load_suite
from benchmarks.suites.humaneval_repair.mutation import mutants
from benchmarks.suites.humaneval_repair.problem import Problem
from benchmarks.suites.workshop.source import Workshop
from benchmarks.task import Split, Task
from benchmarks.verifiers import ScriptVerifier
from harness.sandbox import Sandbox

NAMES = (
    "contacts-clean",
    "invoice-tests",
    "lending-renewals",
    "logcut-cli",
    "reconcile-slow",
    "settings-format",
)


@pytest.fixture(scope="module")
def tasks() -> dict[str, Task]:
    return {task.group: task for task in Workshop().tasks()}


@pytest.mark.parametrize("name", NAMES)
def test_a_task_is_sound(tasks: dict[str, Task], sandbox: Sandbox, name: str) -> None:
    """The untouched workspace fails for its program's sake, the reference passes."""
    check = check_task(tasks[name], sandbox)

    assert check.reasons == ()
    assert check.untouched.score <= 0.5


@pytest.mark.parametrize("name", NAMES)
def test_a_verifier_has_many_checks(tasks: dict[str, Task], name: str) -> None:
    """At least six things are looked at, so that half a solution gets its share."""
    verifier = tasks[name].verifier
    assert isinstance(verifier, ScriptVerifier)
    functions = [node.name for node in ast.parse(verifier.checks).body if isinstance(node, ast.FunctionDef)]

    assert sum(function.startswith("verify_") for function in functions) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_the_agent_gets_no_verifier(tasks: dict[str, Task], name: str) -> None:
    """Neither checks nor reference are among the files of the assignment, which are several."""
    task = tasks[name]
    shown = task.assignment.files

    assert len(shown) >= 3
    assert task.id == task.assignment.task == f"workshop/{name}"
    assert not any("checks" in path or "reference" in path for path in shown)
    assert any(shown.get(path) != content for path, content in task.reference.items())


@pytest.mark.parametrize("name", [name for name in NAMES if name in {"invoice-tests", "settings-format"}])
def test_the_visible_tests_pass_with_the_reference(
    tasks: dict[str, Task], sandbox: Sandbox, name: str
) -> None:
    """What the agent can run itself agrees with the reference."""
    task = tasks[name]
    with sandbox.open({**task.assignment.files, **task.reference}) as session:
        done = session.execute(("python3", "-m", "unittest", "discover", "tests"))

    assert done.exit_code == 0


def test_changing_the_pinned_tests_fails(tasks: dict[str, Task], sandbox: Sandbox) -> None:
    """A solved task whose tests were changed has broken its constraint."""
    task = tasks["invoice-tests"]
    workspace = {**task.assignment.files, **task.reference, "tests/test_billing.py": b"pass\n"}

    assert task.verifier.verify(workspace, sandbox).cause == "constraint:test_billing"


def test_half_a_solution_gets_its_share(tasks: dict[str, Task], sandbox: Sandbox) -> None:
    """The score is the share of checks that hold; passing needs all."""
    task = tasks["invoice-tests"]
    half = {"billing/money.py": task.reference["billing/money.py"]}
    verification = task.verifier.verify({**task.assignment.files, **half}, sandbox)

    assert not verification.passed
    assert 0.3 < verification.score < 0.9


def test_the_suite_has_only_mine(sandbox: Sandbox, tmp_path: Path) -> None:
    """Six groups are too few to split; asking for another split names the way out."""
    suite = load_suite("workshop", seed=1, cache=tmp_path, sandbox=sandbox)

    assert set(suite.splits) == set(NAMES)
    assert len(tasks_of(suite, Split.MINE, per_group=3, seed=1)) == 6
    with pytest.raises(SuiteError, match="humaneval-repair"):
        tasks_of(suite, Split.GATE, per_group=1, seed=1)


def test_an_unknown_task_names_the_choices() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(SuiteError, match="logcut-cli"):
        Workshop(names=("logcut",)).tasks()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_verifiers_reject_most_broken_references(tasks: dict[str, Task], sandbox: Sandbox, name: str) -> None:
    """Of the references' single mutations, wordings apart, at least five of six do not pass."""
    task = tasks[name]
    broken = [
        (path, mutant)
        for path, content in task.reference.items()
        for mutant in mutants(problem_of(path, content.decode()), seed=1, limit=20)
        if mutant.operator != "text_swapped"
    ]
    solved = {**task.assignment.files, **task.reference}
    survivors = [
        (path, mutant.operator)
        for path, mutant in broken
        if task.verifier.verify({**solved, path: mutant.text.encode()}, sandbox).passed
    ]

    assert len(survivors) <= len(broken) / 6


def problem_of(path: str, text: str) -> Problem:
    return Problem(id=path, entry_point="", prompt="", reference=text, tests="")
