"""Evaluations that arrive as log events, as the spans that an index can keep."""

from __future__ import annotations

from traces import attributes as names
from traces.evaluations import EVALUATION_EVENT
from traces.ids import derived_span_id, derived_trace_id
from traces.otlp.log_record import LogRecord
from traces.read_attributes import text_of
from traces.span import Attributes, Span, SpanLink

EVENT = EVALUATION_EVENT
_KNOWN = (names.EVALUATION_NAME, names.EVALUATION_LABEL, names.EVALUATION_SCORE, names.EVALUATION_EXPLANATION)


def evaluation_span(record: LogRecord) -> Span | None:
    """The event as an evaluation's span, linked to the run it speaks of; ``None`` where it names none.

    The span has a trace of its own, for a run must not seem longer because it was judged later. The same
    event gives the same ids.
    """
    if not record.trace_id:
        return None
    said = tuple(text_of(record.attributes, key) for key in _KNOWN)
    trace_id = derived_trace_id("evaluation", record.trace_id, record.span_id, str(record.time_ns), *said)
    attributes: Attributes = {
        **record.attributes,
        names.EVALUATION_NAME: text_of(record.attributes, names.EVALUATION_NAME) or "evaluation",
    }
    return Span(
        trace_id=trace_id,
        span_id=derived_span_id(trace_id, "evaluation"),
        parent_id=None,
        name=names.EVALUATION_SPAN,
        start_ns=record.time_ns,
        end_ns=record.time_ns,
        attributes=attributes,
        links=(SpanLink(trace_id=record.trace_id, span_id=record.span_id),),
        resource=record.resource,
        scope=record.scope,
    )
