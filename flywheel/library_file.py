"""Lessons as a file that another harness can take over; what comes in is checked like any other text of strangers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzers.lesson import Lesson
from flywheel.errors import FlywheelError
from flywheel.records import edit_of, edit_record
from harness.edits import AddMiddleware, AppendText, RemoveMiddleware, SetValue, TuneMiddleware
from harness.middleware_registry import is_own_code
from traces.terminal import one_line

VERSION = 1
MOST_BYTES = 4 * 1024 * 1024
_Word = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
_Points = Annotated[float, Field(ge=-1.0, le=1.0, allow_inf_nan=False)]


class _Lesson(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    id: _Word
    answers: _Word
    remedy: _Word
    title: Annotated[str, Field(max_length=200)]
    surface: Annotated[str, Field(max_length=200)]
    mechanism: Annotated[str, Field(max_length=200)]
    edits: Annotated[list[dict[str, Any]], Field(max_length=8)]
    came: Literal["promote", "reject", "inconclusive"]
    effect: _Points
    interval: Annotated[list[_Points], Field(min_length=2, max_length=2)]
    groups: Annotated[int, Field(ge=0, le=1_000_000)]
    analyst: Annotated[str, Field(max_length=80)]
    undone: bool


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    flywheel_library: Literal[1]
    harness: Annotated[str, Field(min_length=1, max_length=64)]
    lessons: Annotated[list[_Lesson], Field(max_length=10_000)]


def export_text(lessons: Iterable[Lesson], *, harness: str) -> str:
    """The measured lessons of a harness as JSON. Those without detector, refusals and code stay here.

    Task ids, evidence, quotes and a verdict's reason, which may name tasks, are no part of what leaves.
    """
    rows = [
        _portable(lesson)
        for lesson in lessons
        if not lesson.origin and lesson.answers and lesson.interval is not None and _is_portable(lesson)
    ]
    document = {"flywheel_library": VERSION, "harness": harness, "lessons": rows}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_lessons(path: Path) -> tuple[Lesson, ...]:
    """The lessons in a file; raises ``FlywheelError`` that names the first thing which is wrong, ``OSError``."""
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise FlywheelError(f"{path}: larger than {MOST_BYTES} bytes")
    try:
        file = _File.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise FlywheelError(
            f"{path} is no library of lessons: {where}: {one_line(first['msg'], 120)}; `flywheel library --export` writes one"
        ) from None
    return tuple(_lesson(path, row, file.harness) for row in file.lessons)


def lesson_record(lesson: Lesson) -> dict[str, Any]:
    """A lesson as JSON; ``lesson_of`` reads it back."""
    record = dataclasses.asdict(lesson)
    record["edits"] = [edit_record(edit) for edit in lesson.edits]
    record["interval"] = None if lesson.interval is None else list(lesson.interval)
    return record


def lesson_of(record: Mapping[str, Any]) -> Lesson:
    """The lesson that a ledger entry holds."""
    fields = dict(record)
    fields["edits"] = tuple(edit_of(edit) for edit in fields["edits"])
    fields["interval"] = None if fields["interval"] is None else tuple(fields["interval"])
    return Lesson(**fields)


def lesson_key(lesson: Lesson) -> str:
    """The name of an imported lesson in the ledger: one for each harness, proposal and content."""
    content = hashlib.sha256(json.dumps(lesson_record(lesson), sort_keys=True).encode()).hexdigest()[:10]
    return f"{lesson.origin}/{lesson.id}/{content}"


def _portable(lesson: Lesson) -> dict[str, Any]:
    record = lesson_record(lesson)
    return {
        **{name: record[name] for name in _Lesson.model_fields},
        "title": one_line(lesson.title, 190),
    }


def _is_portable(lesson: Lesson) -> bool:
    return all(_is_plain(edit) for edit in lesson.edits)


def _is_plain(edit: object) -> bool:
    """Whether an edit brings no code along."""
    if isinstance(edit, AddMiddleware | TuneMiddleware | RemoveMiddleware):
        return not is_own_code(edit.use)
    return isinstance(edit, SetValue | AppendText)


def _lesson(path: Path, row: _Lesson, harness: str) -> Lesson:
    try:
        edits = tuple(edit_of(edit) for edit in row.edits)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FlywheelError(f"{path}: lesson {row.id} has an edit that is none of ours") from None
    if not all(_is_plain(edit) for edit in edits):
        raise FlywheelError(f"{path}: lesson {row.id} brings code, which is not taken over from a file")
    fields = row.model_dump(exclude={"edits", "interval"})
    low, high = row.interval
    if low > high:
        raise FlywheelError(f"{path}: lesson {row.id} has an interval that ends before it begins")
    return Lesson(
        **fields, pattern="", reason="", edits=edits, interval=(low, high), origin=one_line(harness, 64)
    )
