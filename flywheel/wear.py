"""Wear of a suite: which of its held-out groups were looked at, how often, by whom and for which candidates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.task import Split, Suite
from flywheel.project import Project
from flywheel.records import names
from harness.ledger import Entry

HELD_OUT = (Split.GATE, Split.SEALED)


@dataclass(frozen=True, kw_only=True)
class SplitWear:
    """What was seen of one split as it is now; ``groups`` are all of it, ``seen`` those with a look."""

    split: Split
    groups: frozenset[str]
    seen: frozenset[str]
    looks: int
    candidates: int
    who: tuple[str, ...]

    @property
    def unseen(self) -> frozenset[str]:
        """Groups that nobody looked at."""
        return self.groups - self.seen

    @property
    def words(self) -> str:
        """For a reader."""
        if not self.looks:
            return f"none of {len(self.groups)} groups was looked at"
        return (
            f"{len(self.seen)} of {len(self.groups)} groups were looked at: {self.looks} looks at {self.candidates} "
            f"candidates by {', '.join(self.who)}"
        )


def wear_of(project: Project, suite: Suite) -> tuple[SplitWear, ...]:
    """The wear of the held-out splits; ``suite`` has its groups where the ledger has moved them."""
    return tuple(
        _split_wear(project, suite, split, frozenset(_groups(suite, split)))
        for split in HELD_OUT
        if split in suite.splits.values()
    )


def wear_document(wear: Iterable[SplitWear]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {
            "split": found.split.value,
            "groups": len(found.groups),
            "seen": len(found.seen),
            "looks": found.looks,
            "candidates": found.candidates,
            "who": list(found.who),
        }
        for found in wear
    ]


def looks_at(project: Project, suite: str, groups: frozenset[str]) -> tuple[Entry, ...]:
    """The looks in the ledger that read any of these groups, in whatever split they then were."""
    return tuple(
        entry
        for entry in project.ledger.entries("look")
        if entry.body.get("suite", suite) == suite and groups.intersection(names(entry.body["groups"]))
    )


def _split_wear(project: Project, suite: Suite, split: Split, groups: frozenset[str]) -> SplitWear:
    looks = looks_at(project, suite.name, groups)
    return SplitWear(
        split=split,
        groups=groups,
        seen=groups.intersection(name for entry in looks for name in names(entry.body["groups"])),
        looks=len(looks),
        candidates=len({str(entry.body["candidate"]) for entry in looks}),
        who=tuple(sorted({str(entry.body["who"]) for entry in looks})),
    )


def _groups(suite: Suite, split: Split) -> Iterable[str]:
    return (group for group, found in suite.splits.items() if found is split)
