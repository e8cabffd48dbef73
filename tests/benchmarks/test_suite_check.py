"""Checking suites: every way in which a task can be unsound is found."""

from __future__ import annotations

from benchmarks.suite_check import check_suite
from benchmarks.task import Split, Suite, Task
from benchmarks.verifiers import ScriptVerifier
from harness.runs import Assignment
from harness.sandbox import Sandbox

CHECKS = "def verify_one(program):\n    assert program.call('one.py', 'one') == 1\n"
WRONG, RIGHT = b"def one(): return 2\n", b"def one(): return 1\n"


def make_task(name: str, workspace: bytes, reference: bytes, **settings: object) -> Task:
    return Task(
        id=f"toy/{name}",
        group=name,
        assignment=Assignment(
            task=f"toy/{name}", instruction="Give one.", files={"one.py": workspace, "NOTES.md": b"# Notes\n"}
        ),
        verifier=ScriptVerifier(checks=CHECKS, **settings),  # type: ignore[arg-type]
        reference={"one.py": reference},
    )


def make_suite(*tasks: Task) -> Suite:
    return Suite(name="toy", tasks=tasks, splits=dict.fromkeys((task.group for task in tasks), Split.MINE))


def test_sound_and_unsound_tasks_are_told_apart(sandbox: Sandbox) -> None:
    """In the suite's order, each with its reasons."""
    suite = make_suite(
        make_task("sound", WRONG, RIGHT),
        make_task("passes-untouched", RIGHT, RIGHT),
        make_task("no-solution", WRONG, WRONG),
        make_task("only-a-constraint", RIGHT, RIGHT, extended={"NOTES.md": "# Notes\n"}),
    )
    checks = check_suite(suite, sandbox)

    assert [check.task for check in checks] == [task.id for task in suite.tasks]
    assert [check.sound for check in checks] == [True, False, False, False]
    assert [check.reasons for check in checks[1:]] == [
        ("the untouched workspace passes",),
        ("the reference fails: assertion (score 0.00)",),
        (
            "the untouched workspace fails only for constraint:notes",
            "the reference fails: constraint:notes (score 0.00)",
        ),
    ]


def test_progress_counts_tasks(sandbox: Sandbox) -> None:
    """Each finished task is told."""
    seen: list[tuple[int, int]] = []
    suite = make_suite(make_task("a", WRONG, RIGHT), make_task("b", WRONG, RIGHT))
    check_suite(suite, sandbox, workers=1, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(1, 2), (2, 2)]
