"""What was tried against a pattern, and what came of it: the memory that analysts and the ranking share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from analyzers.surface_kind import SurfaceKind, surface_kind
from harness.edits import AddMiddleware, Edit, WriteFile

Came = Literal["promote", "reject", "inconclusive", "refused"]
FAILURES = 2  # of one pattern on one kind of surface, after which another kind has its turn
ELSEWHERE = 0.5  # what an experiment on another harness counts for
UNDECIDED = 0.5  # what an inconclusive one counts as a failure


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One proposal that was judged, or refused before any run.

    ``id`` is the proposal's. ``answers`` is the detector whose pattern it answered, ``pattern`` that pattern's id.
    ``effect`` and ``interval`` are the verdict's, as shares of the groups or tasks within -1..1; ``None`` where nothing
    was measured. ``origin`` names the harness it was tried on, empty for this one. ``undone`` says that its promotion was rolled back.
    """

    id: str
    pattern: str
    answers: str
    remedy: str
    title: str
    surface: str
    mechanism: str
    edits: tuple[Edit, ...]
    came: Came
    reason: str
    effect: float | None = None
    interval: tuple[float, float] | None = None
    groups: int = 0
    analyst: str = ""
    origin: str = ""
    undone: bool = False

    @property
    def kind(self) -> SurfaceKind:
        """The kind of surface that it touched."""
        return surface_kind(self.edits)

    @property
    def failed(self) -> bool:
        """Whether it was measured and did not pass, or was rolled back."""
        return self.came in {"reject", "inconclusive"} or self.undone

    @property
    def is_reusable(self) -> bool:
        """Whether another harness may try it: its evidence passed the threshold, it stands, and it is no code."""
        return self.came == "promote" and not self.undone and not _is_code(self.edits)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """All lessons, the oldest first. ``passed_over`` are proposal ids that are not made again unchanged."""

    lessons: tuple[Lesson, ...] = ()
    passed_over: frozenset[str] = frozenset()

    def of(self, *, pattern: str, answers: str) -> tuple[Lesson, ...]:
        """The lessons on a pattern, then those of other harnesses on patterns of the same mechanism."""
        own = [lesson for lesson in self.lessons if not lesson.origin and lesson.pattern == pattern]
        return (*own, *(lesson for lesson in self.lessons if lesson.origin and lesson.answers == answers))

    def spent(self, pattern: str) -> tuple[SurfaceKind, ...]:
        """The kinds of surface on which a pattern was answered in vain twice, the latest to get there last."""
        failures: Counter[SurfaceKind] = Counter()
        found: list[SurfaceKind] = []
        for lesson in self.lessons:
            if lesson.pattern == pattern and not lesson.origin and lesson.failed:
                failures[lesson.kind] += 1
                if failures[lesson.kind] == FAILURES:
                    found.append(lesson.kind)
        return tuple(found)

    def success(self, remedy: str, mechanism: str) -> float:
        """How a remedy did so far, 1 where nothing is known: the mean of a Beta(1, 1) posterior over its prior's mean.

        Between 0 and 2. Lessons of other harnesses count half, and so do inconclusive ones as failures. A model's
        own paragraphs and middleware have no past: each is another one.
        """
        if remedy.startswith("own_"):
            return 1.0
        won = lost = 0.0
        for lesson in self.lessons:
            if (lesson.remedy, lesson.mechanism) != (remedy, mechanism) or lesson.came == "refused":
                continue
            weight = ELSEWHERE if lesson.origin else 1.0
            if lesson.failed:
                lost += weight * (UNDECIDED if lesson.came == "inconclusive" else 1.0)
            else:
                won += weight
        return 2.0 * (1.0 + won) / (2.0 + won + lost)


def lesson_lines(lessons: Iterable[Lesson], *, most: int = 8) -> tuple[str, ...]:
    """A line for each of the latest lessons, for an analyst to read: our own words and numbers only."""
    return tuple(_line(lesson) for lesson in _latest(tuple(lessons), most))


def _latest(lessons: Sequence[Lesson], most: int) -> Sequence[Lesson]:
    return lessons[-most:]


def _line(lesson: Lesson) -> str:
    said = {"promote": "helped", "reject": "did not help", "inconclusive": "undecided", "refused": "refused"}
    how = "rolled back later" if lesson.undone else said[lesson.came]
    where = " on another harness" if lesson.origin else ""
    if lesson.interval is None:
        return f"{lesson.remedy} ({lesson.kind}){where}: {how}"
    low, high = (100 * end for end in lesson.interval)
    return f"{lesson.remedy} ({lesson.kind}){where}: {how}, effect between {low:+.0f} and {high:+.0f} points"


def _is_code(edits: Sequence[Edit]) -> bool:
    return any(
        isinstance(edit, WriteFile) or (isinstance(edit, AddMiddleware) and edit.use.startswith("./"))
        for edit in edits
    )
