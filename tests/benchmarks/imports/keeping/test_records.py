"""Tasks as JSON, there and back, and what a record may not say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.imports.draft import ImportedVerifier
from benchmarks.imports.keeping.records import read_record, read_task, task_record
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.imports.verifying.tests_verifier import TestsVerifier
from benchmarks.task import Task
from harness.runs import Assignment

BY_TESTS = TestsVerifier(
    tests=("t_test.py",),
    files={"t_test.py": b"x", "/tests/data": b"\xff"},
    path=("", "d"),
    expected=4,
    environment={"A": "1"},
)
BY_COMMAND = CommandVerifier(
    argv=("bash", "x.sh"), files={"x.sh": b"true"}, reward=("/tmp/r.txt",), seconds=7.5
)
PLAIN = {
    "id": "add",
    "instruction": "Add.",
    "files": {"add.py": "pass\n"},
    "verifier": {"command": ["python3", "check.py"], "files": {"check.py": "import add\n"}},
    "reference": {"add.py": "x = 1\n"},
}


@pytest.mark.parametrize("verifier", [BY_TESTS, BY_COMMAND])
def test_a_task_comes_back_as_it_was(verifier: ImportedVerifier) -> None:
    """Bytes that are no text too."""
    files = {"a.py": b"pass\n", "b.bin": b"\x00\xff"}
    task = Task(
        id="s/a",
        group="g",
        assignment=Assignment(task="s/a", instruction="Do ä.", files=files),
        verifier=verifier,
        reference={"a.py": b"\xfe"},
    )

    assert read_task(json.loads(json.dumps(task_record(task)))) == task


def test_a_record_needs_little() -> None:
    """Its group is its id, its limit half a minute."""
    draft = read_record(PLAIN)

    assert (draft.group, draft.verifier.seconds) == ("add", 30.0)
    assert draft.files == {"add.py": b"pass\n"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": 3}, "id"),
        ({"instruction": ""}, "instruction"),
        ({"extra": 1}, "extra"),
        ({"verifier": {}}, "either tests or command"),
        ({"verifier": {"tests": ["t.py"]}}, "'t.py' is not among its files"),
        ({"verifier": {"tests": ["t.py"], "command": ["x"], "files": {"t.py": ""}}}, "either"),
        ({"files": {"a": {"base64": "%%%"}}}, "base64"),
        ({"files": {"a": 7}}, "files"),
        ({"limits": {"verifier_seconds": 1e9}}, "limits"),
        ({"limits": {"verifier_seconds": 0}}, "limits"),
    ],
)
def test_a_wrong_record_is_refused_by_its_place(change: dict[str, Any], words: str) -> None:
    """Unknown keys too."""
    with pytest.raises(RefusedError, match=words) as caught:
        read_record({**PLAIN, **change})

    assert caught.value.refusal.reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../up", "a/../../b", "a//b", "./a", "a/", "..", "x\0y", "/tests/../etc/x"]
)
@pytest.mark.parametrize("place", ["files", "reference", "verifier"])
def test_no_path_leads_out(path: str, place: str) -> None:
    """Neither the workspace's nor the verifier's."""
    files = {path: ""}
    change = {"verifier": {"command": ["x"], "files": files}} if place == "verifier" else {place: files}
    with pytest.raises(RefusedError) as caught:
        read_record({**PLAIN, **change})

    assert caught.value.refusal.reason is Reason.UNSAFE_FOLDER


@pytest.mark.parametrize("value", [None, [], "x", {}, 3])
def test_what_is_no_record_is_refused(value: object) -> None:
    """Whatever a line holds."""
    with pytest.raises(RefusedError):
        read_record(value)
