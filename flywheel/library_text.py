"""The library for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from analyzers.lesson import Lesson
from flywheel.library_file import lesson_record
from flywheel.predictions import Hits, Score, by_analyst_and_surface, hits_words, summed
from traces.terminal import one_line, printable


def library_document(lessons: Iterable[Lesson]) -> list[dict[str, Any]]:
    """Each lesson with its kind of surface, and whether another harness may reuse it."""
    return [
        {**lesson_record(lesson), "kind": lesson.kind, "reusable": lesson.is_reusable} for lesson in lessons
    ]


def library_text(lessons: Sequence[Lesson]) -> str:
    """A line for each lesson, and what it answered below."""
    if not lessons:
        return "nothing was tried yet, or nothing that you asked for; `flywheel optimize` tries"
    return printable("\n".join(line for lesson in lessons for line in _lines(lesson)))


def predictions_document(found: Iterable[Score]) -> list[dict[str, Any]]:
    """A row for each analyst and kind of surface; shares are within 0..1, or ``null`` where nothing counts."""
    return [
        {
            "analyst": analyst,
            "kind": kind,
            "experiments": len(rows),
            "fixes": _shares(summed(row.fixes for row in rows)),
            "breakages": _shares(summed(row.breakages for row in rows)),
            "unread": sum(row.unread for row in rows),
        }
        for (analyst, kind), rows in by_analyst_and_surface(found).items()
    ]


def predictions_text(found: Iterable[Score]) -> str:
    """The same for a terminal."""
    lines = [
        line
        for (analyst, kind), rows in by_analyst_and_surface(found).items()
        for line in (
            f"{one_line(analyst, 60)}, {kind}: {len(rows)} experiment{'' if len(rows) == 1 else 's'}",
            f"  fixes      {hits_words(summed(row.fixes for row in rows), 'fixed')}",
            f"  breakages  {hits_words(summed(row.breakages for row in rows), 'broken')}",
        )
    ]
    if not lines:
        return "no prediction was scored yet; each experiment of `flywheel optimize` scores those of its proposal"
    return printable("\n".join([*lines, "", "Predictions are scored for calibration and decide nothing."]))


def _lines(lesson: Lesson) -> Iterator[str]:
    interval = ""
    if lesson.interval is not None:
        low, high = (100 * end for end in lesson.interval)
        interval = f"{low:+.0f} … {high:+.0f} points"
    state = "rolled back" if lesson.undone else lesson.came
    marks = "  reusable" if lesson.is_reusable else ""
    origin = f"  from {one_line(lesson.origin, 40)}" if lesson.origin else ""
    yield f"{lesson.id:14} {state:12} {interval:24} {lesson.kind:10} {one_line(lesson.title, 90)}"
    yield f"{'':14} against {lesson.answers or 'no known mechanism'}, by {one_line(lesson.analyst, 40)}{origin}{marks}"


def _shares(hits: Hits) -> dict[str, Any]:
    return {
        "among": hits.among,
        "expected": hits.expected,
        "happened": hits.happened,
        "hits": hits.hits,
        "precision": hits.precision,
        "recall": hits.recall,
        "chance_precision": hits.chance_precision,
        "chance_recall": hits.chance_recall,
    }
