"""Tasks, suites and their splits, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from harness.runs import Assignment, Verifier


class Split(StrEnum):
    """What a group is for; groups move ``sealed`` → ``gate`` → ``mine`` and never back."""

    MINE = "mine"
    GATE = "gate"
    SEALED = "sealed"


@dataclass(frozen=True, kw_only=True)
class Task:
    """An assignment and its verifier. ``group`` is the unit of splits and of statistics.

    ``reference`` holds the files (relative path → content) that turn the workspace into one that passes.
    """

    id: str
    group: str
    assignment: Assignment
    verifier: Verifier
    reference: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A named set of tasks; ``splits`` maps every group to its split."""

    name: str
    tasks: tuple[Task, ...]
    splits: Mapping[str, Split]

    def of(self, split: Split) -> tuple[Task, ...]:
        """The tasks of one split, in the suite's order."""
        return tuple(task for task in self.tasks if self.splits[task.group] is split)


class TaskSource(Protocol):
    """Makes tasks: generated, from folders, or imported."""

    def tasks(self) -> Iterable[Task]:
        """All tasks, the same on every machine for the same settings."""
        ...
