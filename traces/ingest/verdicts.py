"""Linking a list of outcomes by task, as benchmarks write one beside the trajectories, to the runs of those tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from traces import attributes as names
from traces.evaluations import is_evaluation
from traces.ids import derived_span_id
from traces.read_attributes import text_of
from traces.span import Span, SpanLink


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    folder: Path
    trace_id: str
    span_id: str


def is_unlinked(span: Span) -> bool:
    """Whether the span is a verdict on a task whose runs are still to be found."""
    return is_evaluation(span) and not span.links and bool(text_of(span.attributes, names.TASK))


class Verdicts:
    """Remembers the runs and the verdicts of an ingest, and brings them together at its end.

    A list speaks of the runs that lie in its folder, or below it. So the order of the files is of no matter.
    Its memory grows with the runs that name a task, not with spans.
    """

    def __init__(self) -> None:
        self._attempts: dict[str, dict[str, _Attempt]] = {}
        self._verdicts: list[tuple[Path, Span]] = []

    def note_run(self, path: Path, root: Span) -> None:
        """Remember a run's root, if it names its task and carries no outcome of its own."""
        task = text_of(root.attributes, names.TASK)
        if task and names.OUTCOME not in root.attributes:
            attempt = _Attempt(folder=path.parent, trace_id=root.trace_id, span_id=root.span_id)
            self._attempts.setdefault(task, {})[root.trace_id] = attempt

    def note_verdict(self, path: Path, verdict: Span) -> None:
        """Remember what a list says of a task."""
        self._verdicts.append((path.parent, verdict))

    def linked(self) -> Iterator[Span]:
        """A verdict span for each run and each list that speaks of it."""
        for folder, verdict in self._verdicts:
            for attempt in self._attempts.get(text_of(verdict.attributes, names.TASK), {}).values():
                if attempt.folder.is_relative_to(folder):
                    yield _linked(verdict, attempt)


def _linked(verdict: Span, attempt: _Attempt) -> Span:
    link = SpanLink(trace_id=attempt.trace_id, span_id=attempt.span_id)
    return replace(
        verdict,
        span_id=derived_span_id(verdict.trace_id, "verdict", verdict.span_id, attempt.trace_id),
        links=(link,),
    )
