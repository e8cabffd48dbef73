"""Lessons travel as a file that brings no code, no task and no surprise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzers.lesson import Lesson
from flywheel.cli import run
from flywheel.errors import FlywheelError
from flywheel.history import Judged
from flywheel.library import lessons, memory
from flywheel.library_file import export_text, lesson_of, lesson_record, read_lessons
from flywheel.project import Project
from harness.edits import AddMiddleware, AppendText, WriteFile

LESSON = Lesson(
    id="q-0123",
    pattern="p-1",
    answers="edit_loop",
    remedy="loop_detection",
    title="Tell the agent",
    surface="harness.toml:middleware",
    mechanism="middleware:stock:LoopDetection",
    edits=(AddMiddleware(use="stock:LoopDetection", parameters={"soft_limit": 4}),),
    came="promote",
    reason="won 12 groups, among them HumanEval_9",
    effect=0.2,
    interval=(0.05, 0.4),
    groups=12,
    analyst="playbook",
)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    path = tmp_path / "lessons.json"
    path.write_text(export_text([LESSON], harness="coder-2"))
    return path


def changed(path: Path, **fields: Any) -> Path:
    """The file with other values in its first lesson."""
    document = json.loads(path.read_text())
    document["lessons"][0] |= fields
    path.write_text(json.dumps(document))
    return path


def test_what_is_exported_is_read_again(exported: Path) -> None:
    """With its origin, and without the pattern's id and the reason, which may name tasks."""
    (read,) = read_lessons(exported)

    assert (read.origin, read.pattern, read.reason) == ("coder-2", "", "")
    assert (read.edits, read.interval, read.came) == (LESSON.edits, LESSON.interval, LESSON.came)
    assert "HumanEval" not in exported.read_text()


def test_a_lesson_survives_the_ledger() -> None:
    """As every record does."""
    assert lesson_of(json.loads(json.dumps(lesson_record(LESSON)))) == LESSON


def test_code_imports_and_what_was_not_measured_stay() -> None:
    """Nothing that the next harness could not judge or must not run."""
    code = (WriteFile(path="middleware/a.py", content="x"), AddMiddleware(use="./middleware/a.py:A"))
    kept = [
        Lesson(**{**vars(LESSON), "edits": code}),
        Lesson(**{**vars(LESSON), "origin": "other"}),
        Lesson(**{**vars(LESSON), "interval": None, "came": "refused"}),
        Lesson(**{**vars(LESSON), "answers": ""}),
    ]

    assert json.loads(export_text(kept, harness="coder"))["lessons"] == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"edits": [{"edit": "WriteFile", "path": "a.py", "content": "x"}]}, "brings code"),
        ({"edits": [{"edit": "AddMiddleware", "use": "./a.py:A"}]}, "brings code"),
        ({"edits": [{"edit": "Explode"}]}, "none of ours"),
        ({"edits": [{"edit": "SetValue", "kye": 1}]}, "none of ours"),
        ({"interval": [0.5, 0.1]}, "ends before it begins"),
        ({"interval": [0.1]}, "interval"),
        ({"effect": 7.0}, "effect"),
        ({"came": "accepted"}, "came"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_first_fault(
    exported: Path, fields: dict[str, Any], reason: str
) -> None:
    """In one line; nothing of it is taken over."""
    with pytest.raises(FlywheelError, match=reason):
        read_lessons(changed(exported, **fields))


def test_the_command_exports_and_imports(
    judged: Judged, project: Project, exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes from elsewhere stands in the ledger once, and blocks no proposal here."""
    words = ["library", "-C", str(project.repository.path)]
    assert judged.experiment
    assert run([*words, "--import", str(exported)]) == 0
    assert run([*words, "--import", str(exported)]) == 0
    said = capsys.readouterr()

    assert "1 of them new" in said.err
    assert "0 of them new" in said.err
    assert "from coder-2  reusable" in said.out
    assert [lesson.origin for lesson in lessons(project)] == ["", "coder-2"]
    assert LESSON.id not in memory(project).passed_over


def test_the_command_lists_what_was_chosen(
    judged: Judged, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As text, as JSON and into a file; a wrong word is answered with the valid ones."""
    words = ["library", "-C", str(project.repository.path)]
    assert run([*words, "--surface", "setting", "--json", "--export", str(tmp_path / "out.json")]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert run([*words, "--verdict", "reject"]) == 0
    nothing = capsys.readouterr().out

    assert (row["id"], row["came"], row["reusable"]) == (judged.proposal.id, "promote", True)
    assert json.loads((tmp_path / "out.json").read_text())["harness"] == "coder"
    assert "nothing was tried yet" in nothing
    assert run([*words, "--surface", "hat"]) == 2
    assert "middleware" in capsys.readouterr().err


def test_wording_is_portable() -> None:
    """It is text, and is read and linted like any other."""
    words = Lesson(**{**vars(LESSON), "edits": (AppendText(path="prompts/system.md", text="Stop."),)})

    assert len(json.loads(export_text([words], harness="coder"))["lessons"]) == 1
