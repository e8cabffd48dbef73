"""A task as its folder tells it, before anything of it was run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.imports.refusal import Refusal
from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.imports.verifying.tests_verifier import TestsVerifier
from harness.runs import Assignment
from harness.task_environment import TaskEnvironment

ImportedVerifier = TestsVerifier | CommandVerifier


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A script that solves the task: ``argv`` with ``files`` (absolute path → content) beside the workspace."""

    argv: tuple[str, ...]
    files: Mapping[str, bytes]
    seconds: float = 120.0
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a reader made of a folder.

    The reference is ``reference`` (files to lay over the workspace) or what ``solution`` leaves behind.
    ``needs`` is what the task's own image has and a plain sandbox has not. With an ``environment`` it runs in
    containers of its own; ``contained`` is the same task for its own image, whose working folder holds its files.
    """

    id: str
    group: str
    instruction: str
    files: Mapping[str, bytes]
    verifier: ImportedVerifier
    reference: Mapping[str, bytes] = field(default_factory=dict)
    solution: Solution | None = None
    needs: tuple[Refusal, ...] = ()
    licence: str = ""
    environment: TaskEnvironment | None = None
    contained: Draft | None = None


def assignment_of(draft: Draft) -> Assignment:
    """What an agent gets of it."""
    return Assignment(
        task=draft.id, instruction=draft.instruction, files=draft.files, environment=draft.environment
    )


@dataclass(frozen=True, kw_only=True)
class Source:
    """One task that was found. ``load`` reads its files, ``read`` makes a draft of them and its id.

    Both raise ``RefusedError``.
    """

    id: str
    format: str
    load: Callable[[], Mapping[str, bytes]]
    read: Callable[[str, Mapping[str, bytes]], Draft]
