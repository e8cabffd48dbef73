"""Labels: what a person says of a run, as an evaluation span linked to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from traces import attributes as names
from traces.evaluations import evaluations_in
from traces.ids import derived_span_id, derived_trace_id
from traces.outcome import Outcome
from traces.read_attributes import text_of
from traces.span import AttributeValue, Span, SpanLink

LABEL = "label"
RATING = "rating"
BEST = 5
_PERSON = "person:"


@dataclass(frozen=True, kw_only=True)
class PersonLabel:
    """What a person said of a run: an outcome, or a rating such as ``4/5``; and why, or nothing."""

    run_id: str
    time_ns: int
    who: str
    label: str
    reason: str
    is_rating: bool


def label_span(run_id: str, outcome: Outcome, *, reason: str, who: str, time_ns: int) -> Span:
    """A person's verdict on a run; ``time_ns`` decides between several, the latest counts."""
    found = {names.EVALUATION_LABEL: outcome.value, names.EVALUATION_EXPLANATION: reason}
    return _evaluation(run_id, LABEL, {name: text for name, text in found.items() if text}, who, time_ns)


def rating_span(run_id: str, stars: int, *, reason: str, who: str, time_ns: int) -> Span:
    """A person's rating of a run, 1 to 5; it is no verdict. Raises ``ValueError`` for any other number."""
    if not 1 <= stars <= BEST:
        raise ValueError(f"a rating is a whole number from 1 to {BEST}")
    found: dict[str, AttributeValue] = {
        names.EVALUATION_LABEL: f"{stars}/{BEST}",
        names.EVALUATION_SCORE: stars / BEST,
    }
    if reason:
        found[names.EVALUATION_EXPLANATION] = reason
    return _evaluation(run_id, RATING, found, who, time_ns)


def labels_in(spans: Iterable[Span]) -> Iterator[PersonLabel]:
    """What people said in spans that ``label_span`` and ``rating_span`` made; the spans' origin must be trusted."""
    for span in spans:
        who = text_of(span.attributes, names.PROVENANCE)
        if who.startswith(_PERSON):
            for said in evaluations_in([span]):
                yield PersonLabel(
                    run_id=said.run_id,
                    time_ns=said.time_ns,
                    who=who.removeprefix(_PERSON),
                    label=said.label,
                    reason=said.explanation,
                    is_rating=said.name == RATING,
                )


def _evaluation(run_id: str, name: str, found: dict[str, AttributeValue], who: str, time_ns: int) -> Span:
    trace_id = derived_trace_id(name, run_id, who, str(time_ns))
    return Span(
        trace_id=trace_id,
        span_id=derived_span_id(trace_id, name),
        parent_id=None,
        name=names.EVALUATION_SPAN,
        start_ns=time_ns,
        end_ns=time_ns,
        attributes={names.EVALUATION_NAME: name, names.PROVENANCE: f"{_PERSON}{who}", **found},
        # An evaluation speaks of a run as a whole, whose root the link need not know.
        links=(SpanLink(trace_id=run_id, span_id="0" * 16),),
    )
