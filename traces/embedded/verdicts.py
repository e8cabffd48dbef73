"""What evaluations say of runs, whenever they arrive: labels, and outcomes where none is known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from traces import attributes as names
from traces.documents import clamp, clean_field
from traces.evaluations import EVALUATION_EVENT, Evaluation, evaluations_in, is_evaluation
from traces.labels import RATING
from traces.read_attributes import text_of
from traces.span import Span

_PERSON = "person:"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """An outcome that an evaluation gave, and the reason that the run shows for it."""

    outcome: str
    reason: str


def evaluations_of(span: Span) -> Iterator[Evaluation]:
    """The evaluations that a span carries."""
    return evaluations_in([span])


def has_evaluations(span: Span) -> bool:
    """Whether the span carries any: for nearly all not, and that is soon known."""
    return is_evaluation(span) or (
        bool(span.events) and any(event.name == EVALUATION_EVENT for event in span.events)
    )


def is_only_evaluation(span: Span) -> bool:
    """Whether the span speaks of other traces alone, and belongs into no run and no search."""
    return (
        bool(span.links)
        and is_evaluation(span)
        and all(link.trace_id != span.trace_id for link in span.links)
    )


def is_by_person(span: Span) -> bool:
    """Whether this machine wrote it for a person: the names say so, and no sender can use them."""
    stated = text_of(span.attributes, names.PROVENANCE)
    return span.name == names.EVALUATION_SPAN and stated.startswith(_PERSON)


def label_field(evaluation: Evaluation) -> str:
    """The annotation that an evaluation's label goes to."""
    return "rating" if evaluation.name == RATING else "label"


def evaluation_row(
    evaluation: Evaluation, span: Span, run: int, *, segment: int, checksum: int, trusted: bool
) -> tuple[object, ...]:
    """The row that keeps an evaluation."""
    outcome = evaluation.outcome
    return (
        run, clamp(evaluation.time_ns), clean_field(span.trace_id),
        clean_field(span.span_id), segment, checksum, int(trusted), label_field(evaluation),
        clean_field(evaluation.label), "" if outcome is None else outcome.value,
        clean_field(f"labelled:{evaluation.name}"),
    )  # fmt: skip


def latest_verdict(connection: sqlite3.Connection, run: int, *, own: bool) -> Verdict | None:
    """The latest outcome that an evaluation gave; of our own runs only by whom we trust."""
    row = connection.execute(
        "SELECT outcome, reason FROM evaluations WHERE run = ? AND outcome != '' AND trusted >= ? "
        "ORDER BY time DESC, trace DESC, span DESC LIMIT 1",
        (run, int(own)),
    ).fetchone()
    return None if row is None else Verdict(outcome=row[0], reason=row[1])
