"""The workshop: six tasks that tell work from no work."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.splits import tasks_of
from benchmarks.suite_check import check_task
from benchmarks.suite_store import load_suite
from benchmarks.suites.humaneval_repair.mutation import mutants
from benchmarks.suites.humaneval_repair.problem import Problem
from benchmarks.suites.workshop.source import Workshop, _read_task
from benchmarks.task import Split, Task
from benchmarks.verifiers import ScriptVerifier, sha256
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


def folder_of(place: Path, settings: str = 'program = ["*.py"]\nrequired = ["a.py"]\n', **files: str) -> Path:
    written = {
        "task.toml": settings,
        "instruction.md": "Repair `a`.\n",
        "workspace/a.py": "def a(): return 1\n",
        "reference/a.py": "def a(): return 2\n",
        "verifier/checks.py": "def verify_a(program):\n    assert program.call('a.py', 'a') == 2\n",
        **files,
    }
    for path, text in written.items():
        (place / "toy" / path).parent.mkdir(parents=True, exist_ok=True)
        (place / "toy" / path).write_text(text)
    return place / "toy"


def test_a_folder_becomes_a_sound_task(tmp_path: Path, sandbox: Sandbox) -> None:
    """Named after itself, with the instruction word by word and all files at their paths."""
    task = _read_task(folder_of(tmp_path, **{"workspace/deep/er/b.txt": "b"}))

    assert (task.id, task.group) == ("workshop/toy", "toy")
    assert task.assignment.instruction == "Repair `a`.\n"
    assert set(task.assignment.files) == {"a.py", "deep/er/b.txt"}
    assert check_task(task, sandbox).sound


def test_settings_become_the_verifiers(tmp_path: Path) -> None:
    """Pinned files by the digest they have, extended ones by the text they have, limits as they are given."""
    settings = (
        'program = ["*.py"]\nrequired = ["a.py"]\nunchanged = ["a.py"]\nextended = ["N.md"]\n'
        "cpu_seconds = 9\nwall_seconds = 30\n"
    )
    verifier = _read_task(folder_of(tmp_path, settings, **{"workspace/N.md": "# N\n"})).verifier

    assert isinstance(verifier, ScriptVerifier)
    assert verifier.unchanged == {"a.py": sha256(b"def a(): return 1\n")}
    assert verifier.extended == {"N.md": "# N\n"}
    assert (verifier.cpu_seconds, verifier.wall_seconds) == (9, 30.0)


def test_limits_have_defaults(tmp_path: Path) -> None:
    """Five seconds of a processor for each check and a minute for all."""
    verifier = _read_task(folder_of(tmp_path)).verifier

    assert isinstance(verifier, ScriptVerifier)
    assert (verifier.cpu_seconds, verifier.wall_seconds) == (5, 60.0)
    assert verifier.fixtures == {}


def test_files_beside_the_checks_are_fixtures(tmp_path: Path) -> None:
    """And the checks themselves are not laid over the workspace."""
    folder = folder_of(tmp_path, **{"verifier/data/in.csv": "x", "verifier/checks.pyc": "y"})
    verifier = _read_task(folder).verifier

    assert isinstance(verifier, ScriptVerifier)
    assert set(verifier.fixtures) == {"data/in.csv", "checks.pyc"}


def test_compiled_leftovers_are_no_part_of_a_task(tmp_path: Path) -> None:
    """Whoever ran a workspace's tests in place does not change the suite."""
    task = _read_task(folder_of(tmp_path, **{"workspace/__pycache__/a.cpython-311.pyc": "x"}))

    assert set(task.assignment.files) == {"a.py"}


@pytest.mark.parametrize("names", [("settings-format", "contacts-clean"), ("logcut-cli",), ()])
def test_names_choose_tasks_in_the_suites_order(names: tuple[str, ...]) -> None:
    """Not in the order in which they are asked for; none asked for is none given."""
    assert [task.group for task in Workshop(names=names).tasks()] == sorted(names)


@pytest.mark.parametrize("name", NAMES)
def test_an_instruction_names_only_files_that_are_there(tasks: dict[str, Task], name: str) -> None:
    """An agent that looks for what it was told about finds it, or is told to write it."""
    task = tasks[name]
    named = set(re.findall(r"`([\w/-]+\.(?:py|md|csv|log))`", task.assignment.instruction))
    known = {part for path in (*task.assignment.files, *task.reference) for part in (path, Path(path).name)}

    assert named <= known


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_touches_no_pinned_file(tasks: dict[str, Task], name: str) -> None:
    """A task whose own solution breaks its constraint could not be solved."""
    verifier = tasks[name].verifier

    assert isinstance(verifier, ScriptVerifier)
    assert not set(verifier.unchanged) & set(tasks[name].reference)
    assert set(verifier.required) <= set(tasks[name].assignment.files)
