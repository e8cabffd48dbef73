"""Tries one task in the sandbox: it counts only if doing nothing fails and the reference passes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from benchmarks.imports.draft import Draft, Source, assignment_of
from benchmarks.imports.own_image import OwnImages, no_images
from benchmarks.imports.refusal import Reason, Refusal, RefusedError
from benchmarks.imports.solving import solve
from benchmarks.imports.verifying.packages import pytest_version
from benchmarks.imports.verifying.tests_verifier import Counts, TestsVerifier
from benchmarks.suite_check import TaskCheck, check_task
from benchmarks.task import Task
from harness.errors import BrokenSystemError
from harness.runs import Verification
from harness.sandbox import Sandbox

_DIAGNOSIS_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one task: the task, or why it is refused."""

    id: str
    format: str
    task: Task | None = None
    refusals: tuple[Refusal, ...] = ()
    licence: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the task counts."""
        return self.task is not None


def try_source(
    source: Source, files: Mapping[str, bytes], sandbox: Sandbox, images: OwnImages | None = None
) -> Outcome:
    """Make a task of what was found and check it, in its own image where ``images`` give it one.

    Raises ``BrokenSystemError`` where no sandbox can be had.
    """
    try:
        return _tried(source, files, sandbox, images or no_images(sandbox))
    except BrokenSystemError:
        raise
    except RefusedError as error:
        refusal = error.refusal
    except OSError as error:  # the sandbox takes no such files
        refusal = Refusal(
            reason=Reason.TOO_LARGE, detail=f"the sandbox cannot hold its files: {error.strerror}"
        )
    except Exception as error:  # noqa: BLE001 -- a trial ends here: one odd folder must not end the import
        refusal = Refusal(reason=Reason.UNREADABLE, detail=f"its reader stumbled: {type(error).__name__}")
    return Outcome(id=source.id, format=source.format, refusals=(refusal,))


def _tried(source: Source, files: Mapping[str, bytes], sandbox: Sandbox, images: OwnImages) -> Outcome:
    draft = images.of(source.read(source.id, files))
    if draft.environment is not None:
        sandbox = images.containers.of(draft.environment)
    task = _task(draft, sandbox)
    refusals = _unmet(draft, sandbox) or _unsound(check_task(task, sandbox))
    return Outcome(
        id=source.id,
        format=source.format,
        task=None if refusals else task,
        refusals=refusals,
        licence=draft.licence,
    )


def _unmet(draft: Draft, sandbox: Sandbox) -> tuple[Refusal, ...]:
    """What the machine lacks for a task, and whether its verifier is worthless besides."""
    if not draft.needs:
        return ()
    if draft.contained is not None and draft.contained.verifier is draft.verifier:
        return draft.needs  # only its own image could tell
    quick = replace(draft.verifier, seconds=min(_DIAGNOSIS_SECONDS, draft.verifier.seconds))
    untouched = quick.verify(draft.files, sandbox)
    return (*draft.needs, *([_passes_untouched()] if untouched.passed else []))


def _task(draft: Draft, sandbox: Sandbox) -> Task:
    task = Task(
        id=draft.id,
        group=draft.group,
        assignment=assignment_of(draft),
        verifier=draft.verifier,
        reference=draft.reference,
    )
    _refuse_unusable(draft, sandbox)
    if draft.needs:
        return task
    if draft.solution is not None:
        task = replace(task, reference=solve(draft.solution, draft.files, sandbox))
    if not task.reference:
        raise RefusedError(Reason.NO_REFERENCE, "it has no reference solution")
    if isinstance(draft.verifier, TestsVerifier):
        task = replace(task, verifier=_counted(draft.verifier, task, sandbox))
    return task


def _refuse_unusable(draft: Draft, sandbox: Sandbox) -> None:
    if isinstance(draft.verifier, TestsVerifier) and pytest_version() is None:
        raise RefusedError(Reason.NEEDS_PACKAGES, "pytest is not installed: pip install pytest")
    beside = any(path.startswith("/") for path in draft.verifier.files)
    if beside and sandbox.isolation == "directory":
        raise RefusedError(Reason.NEEDS_DOCKER, "this machine has no namespaces to give it a root of its own")


def _counted(verifier: TestsVerifier, task: Task, sandbox: Sandbox) -> TestsVerifier:
    """The verifier that wants as many tests to pass as pass with the reference."""
    counts = verifier.count({**task.assignment.files, **task.reference}, sandbox)
    if isinstance(counts, Counts) and counts.failed == 0 and counts.passed:
        return replace(verifier, expected=max(verifier.expected, counts.passed))
    raise RefusedError(*_why_reference_fails(counts, verifier, task))


def _why_reference_fails(
    counts: Counts | Verification, verifier: TestsVerifier, task: Task
) -> tuple[Reason, str]:
    if isinstance(counts, Verification):
        refusal = _of_reference(counts)
        assert refusal is not None
        return refusal.reason, refusal.detail
    known = {**task.assignment.files, **task.reference, **verifier.files}
    if counts.missing and counts.missing in set(_foreign_packages(known)):
        return Reason.NEEDS_PACKAGES, f"it imports {counts.missing}"
    if not counts.failed:
        return Reason.REFERENCE_FAILS, "no test passes and none fails"
    total = counts.failed + counts.passed
    return Reason.REFERENCE_FAILS, f"{counts.failed} of {total} tests fail ({counts.cause})"


def _unsound(check: TaskCheck) -> tuple[Refusal, ...]:
    if check.sound:
        return ()
    found = [
        Refusal(reason=Reason.VERIFIER_BROKEN, detail=f"on the untouched workspace: {check.untouched.broken}")
        if check.untouched.broken
        else None,
        _passes_untouched() if check.untouched.passed else None,
        _of_reference(check.reference),
    ]
    return tuple(refusal for refusal in found if refusal is not None)


def _of_reference(verification: Verification) -> Refusal | None:
    if verification.broken:
        return Refusal(reason=Reason.VERIFIER_BROKEN, detail=f"on the reference: {verification.broken}")
    if verification.passed:
        return None
    if verification.cause == "timeout":
        return Refusal(reason=Reason.TIMES_OUT, detail="its tests take too long with the reference")
    if verification.cause == "writes_outside":
        return Refusal(reason=Reason.WRITES_OUTSIDE, detail="its tests write outside the working directory")
    detail = f"the tests say {verification.cause} (score {verification.score:.2f})"
    return Refusal(reason=Reason.REFERENCE_FAILS, detail=detail)


def _passes_untouched() -> Refusal:
    return Refusal(reason=Reason.PASSES_UNTOUCHED, detail="its tests pass with no work done")


def _foreign_packages(files: Mapping[str, bytes]) -> Iterator[str]:
    """Modules that are imported and are neither Python's own nor among the files."""
    own = {part.removesuffix(".py") for path in files for part in PurePosixPath(path).parts}
    for path, content in files.items():
        if path.endswith(".py"):
            yield from (name for name in _imports(content) if name not in own | sys.stdlib_module_names)


def _imports(content: bytes) -> Iterator[str]:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
