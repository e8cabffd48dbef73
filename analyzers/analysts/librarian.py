"""The analyst that needs no model either: it knows what helped elsewhere, and what of the harness itself is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.analysts.playbook import claims_for
from analyzers.drafting import draft, passing_tasks_that_show
from analyzers.lesson import Lesson, Memory
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Finding, Proposal
from analyzers.remedies.remedy import Remedy
from analyzers.remedies.removal import Removal, removals
from harness.apply_edits import apply_edits
from harness.edits import AppendText, Edit, SetValue, Tree, WriteFile
from harness.errors import HarnessError
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest

LIBRARY = "library"
HELPED_ELSEWHERE = 0.5  # of the pattern's rank: another harness is another matter
IN_THE_WAY = 0.2  # what comes along with a failure is seldom its cause


class Librarian:
    """Proposes what passed the gate on other harnesses against the same mechanism, and removals of what acts in failures.

    ``memory`` holds the lessons; the same input gives the same finding.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def name(self) -> str:
        """``library``."""
        return LIBRARY

    def diagnose(self, pattern: Pattern, view: MineView, harness: Tree) -> Finding:
        """The claims of the playbook, and a proposal for each that fits this harness; raises as the playbook does."""
        manifest = parse_manifest(harness)
        claims = claims_for(pattern, view)
        breakages = passing_tasks_that_show(pattern.signature.mechanism, view)
        proposals = [
            draft(
                remedy,
                pattern,
                manifest,
                claims=claims,
                breakages=breakages,
                analyst=self.name,
                priority=pattern.rank * promise,
            )
            for remedy, promise in self._remedies(pattern, view, manifest, harness)
        ]
        return Finding(
            pattern=pattern.id,
            analyst=self.name,
            diagnosis=f"{pattern.name}: looked up in the library.",
            claims=claims,
            proposals=tuple(_fresh(proposals, self._memory)),
        )

    def _remedies(
        self, pattern: Pattern, view: MineView, manifest: Manifest, harness: Tree
    ) -> Iterator[tuple[Remedy, float]]:
        for lesson in self._memory.lessons:
            if lesson.origin and lesson.is_reusable and lesson.answers == pattern.signature.mechanism:
                yield Borrowed(lesson=lesson, harness=harness), HELPED_ELSEWHERE
        for removal in removals(pattern, view, manifest):
            if not self._has_helped(removal):
                yield removal, IN_THE_WAY

    def _has_helped(self, removal: Removal) -> bool:
        """Whether an experiment showed that it helps: that says more than where it acts."""
        return any(
            lesson.came == "promote"
            and not lesson.undone
            and not lesson.origin
            and lesson.mechanism == f"middleware:{removal.use}"
            for lesson in self._memory.lessons
        )


@dataclass(frozen=True, kw_only=True)
class Borrowed:
    """The remedy that a lesson of another harness is; it has edits only where they apply to this one."""

    lesson: Lesson
    harness: Tree

    @property
    def name(self) -> str:
        """The remedy's name there."""
        return self.lesson.remedy

    @property
    def title(self) -> str:
        """Its title there."""
        return self.lesson.title

    @property
    def hypothesis(self) -> str:
        """What it did there."""
        low, high = (100 * end for end in self.lesson.interval or (0.0, 0.0))
        return f"It helped on {self.lesson.origin}, by {low:+.0f} to {high:+.0f} points, against the same mechanism."

    @property
    def mechanism(self) -> str:
        """What is meant to act."""
        return self.lesson.mechanism

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The first edit's key or file; lint looks at all of them."""
        return _touched(self.lesson.edits[0])

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:  # noqa: ARG002 - the tree tells more
        """The same edits; none where they do not fit this harness or it does not load with them."""
        try:
            parse_manifest(apply_edits(self.harness, self.lesson.edits))
        except HarnessError:
            return ()
        return self.lesson.edits


def _touched(edit: Edit) -> str:
    match edit:
        case SetValue():
            return f"harness.toml:{edit.key}"
        case AppendText() | WriteFile():
            return edit.path
        case _:
            return "harness.toml:middleware"


def _fresh(proposals: list[Proposal | None], memory: Memory) -> Iterator[Proposal]:
    for proposal in proposals:
        if proposal is not None and proposal.id not in memory.passed_over:
            yield proposal
