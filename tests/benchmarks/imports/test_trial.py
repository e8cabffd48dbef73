"""Trying single tasks: what counts, and every reason for which one does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.imports.draft import Source
from benchmarks.imports.finding import find_sources
from benchmarks.imports.refusal import Reason
from benchmarks.imports.trial import Outcome, try_source
from benchmarks.imports.verifying.tests_verifier import TestsVerifier
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox

Make = Callable[..., Path]


def outcome_of(folder: Path, sandbox: Sandbox) -> Outcome:
    (source,) = find_sources(folder, suite="s")
    return try_source(source, source.load(), sandbox)


def reasons(outcome: Outcome) -> list[Reason]:
    return [refusal.reason for refusal in outcome.refusals]


@pytest.fixture
def rooted(sandbox: Sandbox) -> Sandbox:
    """A sandbox with a root of its own."""
    if sandbox.isolation == "directory":
        pytest.skip("needs a root of its own")
    return sandbox


def test_a_sound_exercise_counts(exercise: Make, sandbox: Sandbox, tmp_path: Path) -> None:
    """Its verifier wants as many tests as the reference passes."""
    outcome = outcome_of(exercise(tmp_path / "one"), sandbox)

    assert outcome.accepted
    assert outcome.task is not None
    assert isinstance(outcome.task.verifier, TestsVerifier)
    assert (outcome.task.id, outcome.task.group, outcome.task.verifier.expected) == ("s/one", "one", 2)


@pytest.mark.parametrize(
    ("files", "reason", "words"),
    [
        ({"one.py": "def one():\n    return 1\n"}, Reason.PASSES_UNTOUCHED, "no work done"),
        ({".meta/example.py": "def one():\n    return 2\n"}, Reason.REFERENCE_FAILS, "2 of 2 tests fail"),
        ({".meta/example.py": "import numpy\n"}, Reason.NEEDS_PACKAGES, "numpy"),
        (
            {".meta/example.py": "import one_more\n", "one_more.py": "import one_more.x\n"},
            Reason.REFERENCE_FAILS,
            "",
        ),
        ({".meta/example.py": "def one(:\n"}, Reason.REFERENCE_FAILS, "SyntaxError"),
        ({".meta/example.py": "import os\nos._exit(0)\n"}, Reason.REFERENCE_FAILS, "no_verdict"),
        ({"one_test.py": "x = 1\n"}, Reason.REFERENCE_FAILS, "no test passes"),
    ],
)
def test_an_unsound_exercise_is_refused(
    exercise: Make, sandbox: Sandbox, tmp_path: Path, files: dict[str, str], reason: Reason, words: str
) -> None:
    """With what was seen."""
    outcome = outcome_of(exercise(tmp_path / "one", **files), sandbox)

    assert (outcome.accepted, outcome.task, reasons(outcome)) == (False, None, [reason])
    assert words in str(outcome.refusals[0])


def test_sound_containers_count(harbor: Make, terminal: Make, rooted: Sandbox, tmp_path: Path) -> None:
    """Their scripts ran in the sandbox; the reference is what the solution left."""
    one, other = outcome_of(harbor(tmp_path / "h"), rooted), outcome_of(terminal(tmp_path / "t"), rooted)

    assert one.task is not None
    assert other.task is not None
    assert one.task.reference == other.task.reference == {"answer.txt": b"42\n"}


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (
            {"tests/test.sh": "mkdir -p /logs/verifier; echo 1 > /logs/verifier/reward.txt"},
            [Reason.PASSES_UNTOUCHED],
        ),
        ({"tests/test.sh": "echo x > /tests/out; echo 0 > /logs/verifier/r"}, [Reason.WRITES_OUTSIDE]),
        ({"tests/test.sh": "true"}, [Reason.REFERENCE_FAILS]),
        ({"solution/solve.sh": "echo 42 > /etc/answer.txt"}, [Reason.WRITES_OUTSIDE]),
        ({"solution/solve.sh": "echo 41 > /app/answer.txt"}, [Reason.REFERENCE_FAILS]),
        (
            {"task.toml": "[verifier]\ntimeout_sec = 1\n", "tests/test.sh": "sleep 30"},
            [Reason.TIMES_OUT],
        ),
        (
            {
                "environment/Dockerfile": "FROM ubuntu\nRUN pip install numpy\nWORKDIR /app\nCOPY . .\n",
                "environment/tests/test.sh": "echo 1 > /logs/verifier/reward.txt",
                "tests/test.sh": "echo 1 > /logs/verifier/reward.txt",
            },
            [Reason.NEEDS_PACKAGES, Reason.GIVES_AWAY, Reason.PASSES_UNTOUCHED],
        ),
    ],
)
def test_unsound_containers_are_refused(
    harbor: Make, rooted: Sandbox, tmp_path: Path, files: dict[str, str], wanted: list[Reason]
) -> None:
    """For all reasons that could be seen: a worthless verifier is told even where the image is lacking."""
    assert reasons(outcome_of(harbor(tmp_path / "h", **files), rooted)) == wanted


def test_programs_that_loop_are_ended(quixbugs: Make, sandbox: Sandbox, tmp_path: Path) -> None:
    """An untouched program that never ends has failed; the task counts."""
    loops = "def double(n):\n    while n:\n        n = n + 1\n    return n\n"
    folder = quixbugs(tmp_path / "q", double=(loops, "def double(n):\n    return n * 2\n"))
    (source,) = find_sources(folder, suite="s")
    shorter = Source(id=source.id, format=source.format, load=source.load, read=_with_limit(source))

    assert try_source(shorter, shorter.load(), sandbox).accepted


def _with_limit(source: Source) -> Callable[..., object]:
    from dataclasses import replace

    def read(task: str, files: object) -> object:
        draft = source.read(task, files)  # type: ignore[arg-type]
        return replace(draft, verifier=replace(draft.verifier, seconds=2.0))

    return read


def test_a_line_of_jsonl_counts(write: Make, sandbox: Sandbox, tmp_path: Path) -> None:
    """With the group and licence that it names."""
    record = {
        "id": "answer",
        "group": "answers",
        "instruction": "Write 42 to out.txt.",
        "verifier": {"command": ["bash", "check.sh"], "files": {"check.sh": "test $(cat out.txt) = 42"}},
        "reference": {"out.txt": "42"},
        "licence": "CC0",
    }
    outcome = outcome_of(write(tmp_path, {"x.jsonl": json.dumps(record)}) / "x.jsonl", sandbox)

    assert outcome.task is not None
    assert (outcome.task.id, outcome.task.group, outcome.licence) == ("s/answer", "answers", "CC0")


def test_without_a_root_of_its_own_a_container_is_refused(harbor: Make, tmp_path: Path) -> None:
    """A directory cannot hold its absolute paths."""
    assert reasons(outcome_of(harbor(tmp_path / "h"), DirectorySandbox())) == [Reason.NEEDS_DOCKER]


def test_files_that_no_sandbox_holds_are_refused(write: Make, sandbox: Sandbox, tmp_path: Path) -> None:
    """A file that is a folder, too."""
    record = {
        "id": "odd",
        "instruction": "x",
        "files": {"a": "x", "a/b": "y"},
        "verifier": {"command": ["true"]},
        "reference": {"c": "z"},
    }
    outcome = outcome_of(write(tmp_path, {"x.jsonl": json.dumps(record)}) / "x.jsonl", sandbox)

    assert not outcome.accepted


def test_a_reader_that_stumbles_loses_one_task_only(sandbox: Sandbox) -> None:
    """The import goes on."""
    source = Source(id="s/x", format="harbor", load=dict, read=lambda *_: 1 / 0)  # type: ignore[arg-type, return-value]

    assert "ZeroDivisionError" in str(try_source(source, {}, sandbox).refusals[0])
