"""Spans of JSON bodies."""

from __future__ import annotations

from collections import Counter

from traces.otlp.decoded import DecodedSpans
from traces.otlp.enums import kind_of, status_of
from traces.otlp.filing import filed
from traces.otlp.json_body import Fields, field, object_of, objects, parse_json
from traces.otlp.json_groups import SPANS, items_of
from traces.otlp.json_values import id_digits, nanoseconds_of, read_attributes, text_of
from traces.otlp.rejection import Rejection
from traces.otlp.rules import parent_id_of, span_id_of, time_of, times_of, trace_id_of
from traces.span import Attributes, Span, SpanEvent, SpanLink


def read_json_spans(body: bytes) -> DecodedSpans:
    """The spans of an ``ExportTraceServiceRequest``, or of what back ends write in its place; raises ``OtlpError``."""
    spans: list[Span] = []
    reasons: Counter[str] = Counter()
    for item, resource, scope in items_of(parse_json(body), SPANS):
        try:
            spans.append(_read_span(item, resource, scope))
        except Rejection as rejection:
            reasons[str(rejection)] += 1
    return DecodedSpans(spans=spans, rejected=reasons.total(), reasons=reasons)


def _read_span(item: object, resource: Attributes, scope: str) -> Span:
    if not isinstance(item, dict):
        raise Rejection("no object")
    start_ns, end_ns = times_of(
        nanoseconds_of(field(item, "startTimeUnixNano", "start_time_unix_nano")),
        nanoseconds_of(field(item, "endTimeUnixNano", "end_time_unix_nano")),
    )
    status = object_of(item.get("status"))
    return Span(
        trace_id=trace_id_of(id_digits(field(item, "traceId", "trace_id"))),
        span_id=span_id_of(id_digits(field(item, "spanId", "span_id"))),
        parent_id=parent_id_of(id_digits(field(item, "parentSpanId", "parent_span_id"))),
        name=filed(text_of(item.get("name"))),
        start_ns=start_ns,
        end_ns=end_ns,
        kind=kind_of(item.get("kind")),
        status=status_of(status.get("code")),
        status_message=text_of(status.get("message")),
        attributes=read_attributes(item.get("attributes")),
        events=tuple(_read_event(event) for event in objects(item.get("events"))),
        links=tuple(_read_link(link) for link in objects(item.get("links")) if _is_usable(link)),
        resource=resource,
        scope=scope,
    )


def _read_event(event: Fields) -> SpanEvent:
    return SpanEvent(
        name=filed(text_of(event.get("name"))),
        time_ns=time_of(nanoseconds_of(field(event, "timeUnixNano", "time_unix_nano"))),
        attributes=read_attributes(event.get("attributes")),
    )


def _read_link(link: Fields) -> SpanLink:
    return SpanLink(
        trace_id=id_digits(field(link, "traceId", "trace_id")),
        span_id=id_digits(field(link, "spanId", "span_id")),
        attributes=read_attributes(link.get("attributes")),
    )


def _is_usable(link: Fields) -> bool:
    """A link to nothing costs only itself."""
    try:
        trace_id_of(id_digits(field(link, "traceId", "trace_id")))
        span_id_of(id_digits(field(link, "spanId", "span_id")))
    except Rejection:
        return False
    return True
