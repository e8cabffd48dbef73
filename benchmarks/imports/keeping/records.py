"""Tasks as JSON: one object per task, both the documented JSONL form and what the store keeps."""

from __future__ import annotations

import posixpath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from benchmarks.imports.draft import Draft, ImportedVerifier, assignment_of
from benchmarks.imports.keeping.environment_record import (
    STRICT,
    Binary,
    EnvironmentRecord,
    contents,
    environment_record,
    texts,
)
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.imports.verifying.tests_verifier import TestsVerifier
from benchmarks.task import Task
from harness.sandbox import WORKSPACE

_ABSOLUTE = ("/tests/", "/opt/")  # where a verifier's own files may lie beside the workspace


def _inside(path: str) -> str:
    if path.startswith(("/", "..")) or "\0" in path or posixpath.normpath(path) != path:
        raise ValueError("not a relative path below the workspace")
    return path


def _inside_or_beside(path: str) -> str:
    if path.startswith(_ABSOLUTE) and posixpath.normpath(path) == path:
        return path
    return _inside(path)


_Path = Annotated[str, AfterValidator(_inside), Field(min_length=1, max_length=400)]
_VerifierPath = Annotated[str, AfterValidator(_inside_or_beside), Field(min_length=1, max_length=400)]


class _Object(BaseModel):
    model_config = STRICT


class _Verifier(_Object):
    """Either ``tests`` (Python test files among ``files``) or ``command``."""

    files: dict[_VerifierPath, str | Binary] = {}
    tests: list[_VerifierPath] = []
    path: list[str] = [""]
    expected: int = Field(default=1, ge=1)
    command: list[str] = []
    reward: list[str] = []
    environment: dict[str, str] = {}
    home: str = WORKSPACE
    site: bool = False


class _Limits(_Object):
    verifier_seconds: float = Field(default=30.0, gt=0, le=300)


class _Record(_Object):
    id: Annotated[str, Field(min_length=1, max_length=200)]
    group: str = ""
    instruction: Annotated[str, Field(min_length=1)]
    files: dict[_Path, str | Binary] = {}
    verifier: _Verifier
    reference: dict[_Path, str | Binary] = {}
    limits: _Limits = _Limits()
    environment: EnvironmentRecord | None = None
    licence: str = ""


def task_record(task: Task, *, licence: str = "") -> dict[str, Any]:
    """A task as a JSON object; its verifier must be one of this package."""
    verifier = task.verifier
    assert isinstance(verifier, TestsVerifier | CommandVerifier)
    environment = task.assignment.environment
    return {
        **({} if environment is None else {"environment": environment_record(environment)}),
        "id": task.id,
        "group": task.group,
        "instruction": task.assignment.instruction,
        "files": texts(task.assignment.files),
        "verifier": _verifier_record(verifier),
        "reference": texts(task.reference),
        "limits": {"verifier_seconds": verifier.seconds},
        "licence": licence,
    }


def read_record(value: object) -> Draft:
    """A draft from a JSON object; raises ``RefusedError`` for the first thing that is wrong."""
    try:
        record = _Record.model_validate(value)
        files, reference = contents(record.files), contents(record.reference)
        verifier = _verifier(record)
        environment = record.environment.value() if record.environment else None
    except ValidationError as error:
        raise _refused(error) from None
    except ValueError as error:
        raise RefusedError(Reason.UNREADABLE, str(error)[:160]) from None
    return Draft(
        id=record.id,
        group=record.group or record.id,
        instruction=record.instruction,
        files=files,
        verifier=verifier,
        reference=reference,
        licence=record.licence,
        environment=environment,
    )


def read_task(value: object) -> Task:
    """A task that the store has kept; raises ``RefusedError`` where it is damaged."""
    draft = read_record(value)
    return Task(
        id=draft.id,
        group=draft.group,
        assignment=assignment_of(draft),
        verifier=draft.verifier,
        reference=draft.reference,
    )


def _verifier_record(verifier: ImportedVerifier) -> dict[str, Any]:
    common = {"files": texts(verifier.files), "environment": dict(verifier.environment)}
    if isinstance(verifier, CommandVerifier):
        return {**common, "command": list(verifier.argv), "reward": list(verifier.reward)}
    return {
        **common,
        "tests": list(verifier.tests),
        "path": list(verifier.path),
        "home": verifier.home,
        "site": verifier.site,
        "expected": verifier.expected,
    }


def _verifier(record: _Record) -> ImportedVerifier:
    wanted, seconds = record.verifier, record.limits.verifier_seconds
    files = contents(wanted.files)
    if bool(wanted.tests) == bool(wanted.command):
        raise ValueError("verifier: give either tests or command")
    if wanted.command:
        return CommandVerifier(
            argv=tuple(wanted.command),
            files=files,
            reward=tuple(wanted.reward),
            seconds=seconds,
            environment=wanted.environment,
        )
    absent = [path for path in wanted.tests if path not in files]
    if absent:
        raise ValueError(f"verifier: {absent[0]!r} is not among its files")
    return TestsVerifier(
        tests=tuple(wanted.tests),
        files=files,
        path=tuple(wanted.path),
        home=wanted.home,
        site=wanted.site,
        expected=wanted.expected,
        seconds=seconds,
        environment=wanted.environment,
    )


def _refused(error: ValidationError) -> RefusedError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part)[:60] for part in first["loc"])
    unsafe = "relative path" in first["msg"]
    return RefusedError(
        Reason.UNSAFE_FOLDER if unsafe else Reason.UNREADABLE, f"{place or 'record'}: {first['msg']}"
    )
