"""Checking suites: every way in which a task can be unsound is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Event

import pytest

from benchmarks.suite_check import check_suite, check_task
from benchmarks.task import Split, Suite, Task
from benchmarks.verifiers import ScriptVerifier
from harness.runs import Assignment, Verification
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox

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


@dataclass(frozen=True, kw_only=True)
class Answers:
    """A verifier that answers by whether the workspace is solved; nothing is run."""

    untouched: Verification
    reference: Verification

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """One answer each."""
        del sandbox
        return self.reference if workspace["one.py"] == RIGHT else self.untouched


PASSED = Verification(passed=True, score=1.0, cause="passed")
FAILED = Verification(passed=False, score=0.25, cause="timeout")
PINNED = Verification(passed=False, score=0.0, cause="constraint:notes")
BROKEN = Verification(passed=False, score=0.0, cause="verifier_broken", broken="sandbox: OSError")


@pytest.mark.parametrize(
    ("untouched", "reference", "reasons"),
    [
        (FAILED, PASSED, ()),
        (PASSED, PASSED, ("the untouched workspace passes",)),
        (PINNED, PASSED, ("the untouched workspace fails only for constraint:notes",)),
        (BROKEN, PASSED, ("the verifier broke on the untouched workspace: sandbox: OSError",)),
        (FAILED, FAILED, ("the reference fails: timeout (score 0.25)",)),
        (FAILED, PINNED, ("the reference fails: constraint:notes (score 0.00)",)),
        (FAILED, BROKEN, ("the verifier broke on the reference: sandbox: OSError",)),
        (
            BROKEN,
            BROKEN,
            (
                "the verifier broke on the untouched workspace: sandbox: OSError",
                "the verifier broke on the reference: sandbox: OSError",
            ),
        ),
    ],
)
def test_every_way_to_be_unsound_has_its_words(
    untouched: Verification, reference: Verification, reasons: tuple[str, ...]
) -> None:
    """A broken verifier is not taken for a failing workspace, in either state."""
    task = replace(make_task("any", WRONG, RIGHT), verifier=Answers(untouched=untouched, reference=reference))
    check = check_task(task, DirectorySandbox())

    assert check.reasons == reasons
    assert check.sound is (not reasons)
    assert (check.untouched, check.reference) == (untouched, reference)


def test_the_reference_is_laid_over_the_workspace() -> None:
    """Files that it does not name stay as they are."""
    seen: list[Mapping[str, bytes]] = []

    class Watching:
        def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
            del sandbox
            seen.append(dict(workspace))
            return FAILED

    check_task(replace(make_task("any", WRONG, RIGHT), verifier=Watching()), DirectorySandbox())

    assert seen == [
        {"one.py": WRONG, "NOTES.md": b"# Notes\n"},
        {"one.py": RIGHT, "NOTES.md": b"# Notes\n"},
    ]


def test_checks_come_in_the_suites_order_whatever_finishes_first() -> None:
    """The first task waits until the last one was checked."""
    last_is_done = Event()

    class Waiting:
        def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
            del workspace, sandbox
            assert last_is_done.wait(20)
            return FAILED

    class Telling:
        def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
            del workspace, sandbox
            last_is_done.set()
            return FAILED

    suite = make_suite(
        replace(make_task("a", WRONG, RIGHT), verifier=Waiting()),
        replace(make_task("b", WRONG, RIGHT), verifier=Telling()),
    )

    assert [check.task for check in check_suite(suite, DirectorySandbox())] == ["toy/a", "toy/b"]


def test_an_empty_suite_has_no_checks() -> None:
    """And nothing to tell of."""
    assert check_suite(make_suite(), DirectorySandbox(), progress=lambda *_: pytest.fail("no task")) == ()
