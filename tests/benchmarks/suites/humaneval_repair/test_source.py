"""The suite's tasks: complete, sound, cached."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.suite_check import check_suite
from benchmarks.suite_store import load_suite
from benchmarks.suites.humaneval_repair.problem import Problem
from benchmarks.suites.humaneval_repair.source import HumanEvalRepair
from benchmarks.task import Split, Suite, Task
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox


def task_of(tasks: tuple[Task, ...], group: str) -> Task:
    return next(task for task in tasks if task.group == group)


def suite_of(tasks: tuple[Task, ...]) -> Suite:
    return Suite(
        name="humaneval-repair", tasks=tasks, splits=dict.fromkeys((t.group for t in tasks), Split.MINE)
    )


def run_visible(task: Task, sandbox: Sandbox, *options: str, **files: bytes) -> tuple[int, str]:
    with sandbox.open({**task.assignment.files, **files}) as session:
        done = session.execute(("python3", "check_visible.py", *options))
    return done.exit_code, done.output


def test_every_task_is_sound(tasks: tuple[Task, ...], sandbox: Sandbox) -> None:
    """Untouched workspaces fail for the program's sake, references pass."""
    checks = check_suite(suite_of(tasks), sandbox)

    assert [check for check in checks if not check.sound] == []


def test_a_task_has_its_files_and_names(tasks: tuple[Task, ...]) -> None:
    """Program, visible test, description and list of changes, under an id that names suite and problem."""
    task = task_of(tasks, "HumanEval_3")

    assert task.id == task.assignment.task == "humaneval-repair/HumanEval_3/m1"
    assert set(task.assignment.files) == {"below_zero.py", "check_visible.py", "README.md", "CHANGES.md"}
    assert "Add one line to `CHANGES.md` that says what you changed." in task.assignment.instruction


def test_the_assignment_shows_no_solution(tasks: tuple[Task, ...]) -> None:
    """Neither the reference nor the tests are in what the agent gets."""
    for task in tasks:
        shown = b"\n".join(task.assignment.files.values()).decode()

        assert "def check(candidate)" not in shown
        assert task.reference[f"{_module(task)}.py"].decode() not in shown


def test_the_visible_test_says_what_fails(tasks: tuple[Task, ...], sandbox: Sandbox) -> None:
    """One line for each failing example, then the count; exit code 1, and 0 for the reference."""
    task = task_of(tasks, "HumanEval_12")
    code, output = run_visible(task, sandbox)
    solved, all_good = run_visible(task, sandbox, **task.reference)

    assert code == 1
    assert re.search(r"^FAIL longest\(.*\) (returned .*|raised \w+: .*), expected .+$", output, re.MULTILINE)
    assert re.fullmatch(r"\d of 3 examples passed", output.splitlines()[-1])
    assert (solved, all_good) == (0, "3 of 3 examples passed\n")


def test_the_verbose_test_drowns_its_result(tasks: tuple[Task, ...], sandbox: Sandbox) -> None:
    """With ``--verbose`` over 8000 characters come first, and the failures at the very end."""
    for task in tasks[::4]:
        code, output = run_visible(task, sandbox, "--verbose")

        assert code == 1
        assert 8000 < len(output) < 200_000
        assert "FAIL" not in output[:6000]
        assert "FAIL" in output[-3000:]


def test_the_visible_test_survives_bad_programs(tasks: tuple[Task, ...], sandbox: Sandbox) -> None:
    """Endless, unreadable and ending programs are reported as failures."""
    task = task_of(tasks, "HumanEval_3")
    endless = run_visible(task, sandbox, **{"below_zero.py": b"def below_zero(x):\n    while True: pass\n"})
    unreadable = run_visible(task, sandbox, **{"below_zero.py": b"def below_zero(x)\n"})
    ending = run_visible(task, sandbox, **{"below_zero.py": b"def below_zero(x): raise SystemExit(0)\n"})

    assert "raised TimeoutError" in endless[1]
    assert "cannot be imported: SyntaxError" in unreadable[1]
    assert "raised SystemExit" in ending[1]
    assert {endless[0], unreadable[0], ending[0]} == {1}


def test_a_repair_without_its_note_fails(tasks: tuple[Task, ...], sandbox: Sandbox) -> None:
    """The instruction's constraints are part of the task."""
    task = task_of(tasks, "HumanEval_3")
    repaired = {**task.assignment.files, "below_zero.py": task.reference["below_zero.py"]}
    noted = {**repaired, "CHANGES.md": b"# Changes\n- compare with zero\n", "check_visible.py": b"pass\n"}

    assert task.verifier.verify(repaired, sandbox).cause == "constraint:changes"
    assert task.verifier.verify(noted, sandbox).cause == "constraint:check_visible"


def test_the_cache_spares_the_sandbox(
    problems: tuple[Problem, ...], sandbox: Sandbox, tmp_path: Path
) -> None:
    """A second load opens no sandbox; a damaged file is made anew."""
    first = tuple(HumanEvalRepair(problems=problems[:1], seed=3, cache=tmp_path, sandbox=sandbox).tasks())
    again = HumanEvalRepair(problems=problems[:1], seed=3, cache=tmp_path, sandbox=_Unusable())
    cached = tuple(again.tasks())
    (file,) = tmp_path.rglob("*.json")
    file.write_text(file.read_text()[:-9])
    rebuilt = tuple(HumanEvalRepair(problems=problems[:1], seed=3, cache=tmp_path, sandbox=sandbox).tasks())

    assert first == cached == rebuilt


def test_another_seed_or_other_problems_have_a_cache_of_their_own(
    problems: tuple[Problem, ...], tmp_path: Path
) -> None:
    """One of two suites is never read as the other; the order in which problems come counts too."""
    sources = [
        HumanEvalRepair(problems=chosen, seed=seed, cache=tmp_path, sandbox=_Unusable())
        for chosen, seed in ((problems[:2], 1), (problems[:2], 2), (problems[:1], 1), (problems[1::-1], 1))
    ]

    assert len({source._file() for source in sources}) == len(sources)
    assert all(source._file().parent == tmp_path / "suites" for source in sources)
    assert sources[0]._key() == replace(sources[0], cache=tmp_path / "other")._key()


def test_without_a_cache_the_sandbox_is_asked(problems: tuple[Problem, ...], tmp_path: Path) -> None:
    """And its failure is the suite's."""
    with pytest.raises(SuiteError, match="the cache should have been enough"):
        HumanEvalRepair(problems=problems[:1], seed=1, cache=tmp_path, sandbox=_Unusable()).tasks()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_tasks_are_sound(sandbox: Sandbox, tmp_path: Path) -> None:
    """Of all 164 problems: tasks for each, all sound, at least four of five visibly broken."""
    suite = load_suite("humaneval-repair", seed=1, cache=tmp_path, sandbox=sandbox)
    checks = check_suite(suite, sandbox)

    assert len(suite.splits) == 164
    assert len(suite.tasks) >= 460
    assert [check for check in checks if not check.sound] == []


class _Unusable(DirectorySandbox):
    def open(self, *_: object, **__: object) -> None:  # type: ignore[override]
        raise SuiteError("the cache should have been enough")


def _module(task: Task) -> str:
    return next(path for path in task.reference if path.endswith(".py")).removesuffix(".py")
