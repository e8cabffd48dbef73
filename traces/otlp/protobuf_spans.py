"""Spans of protobuf messages."""

from __future__ import annotations

from collections import Counter

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, TracesData
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from traces.otlp.decoded import DecodedSpans
from traces.otlp.enums import KINDS, STATUSES
from traces.otlp.filing import filed
from traces.otlp.protobuf_attributes import read_attributes
from traces.otlp.protobuf_body import parse_body
from traces.otlp.rejection import Rejection
from traces.otlp.rules import parent_id_of, span_id_of, time_of, times_of, trace_id_of
from traces.span import Attributes, Span, SpanEvent, SpanLink


def read_protobuf_spans(body: bytes) -> DecodedSpans:
    """The spans of an ``ExportTraceServiceRequest`` or ``TracesData``; the two are the same on the wire."""
    spans: list[Span] = []
    reasons: Counter[str] = Counter()
    for group in parse_body(TracesData, body).resource_spans:
        _read_group(group, spans, reasons)
    return DecodedSpans(spans=spans, rejected=reasons.total(), reasons=reasons)


def _read_group(group: ResourceSpans, spans: list[Span], reasons: Counter[str]) -> None:
    resource = read_attributes(group.resource.attributes)  # shared: spans are frozen
    for scoped in group.scope_spans:
        scope = scoped.scope.name
        for message in scoped.spans:
            try:
                spans.append(_read_span(message, resource, scope))
            except Rejection as rejection:
                reasons[str(rejection)] += 1


def _read_span(message: SpanMessage, resource: Attributes, scope: str) -> Span:
    start_ns, end_ns = times_of(message.start_time_unix_nano, message.end_time_unix_nano)
    status = message.status
    kind, code = message.kind, status.code
    events, links = message.events, message.links
    span = object.__new__(Span)
    # Frozen dataclasses set each field by a call; with fourteen of them that is a tenth of the whole reading.
    object.__setattr__(
        span,
        "__dict__",
        {
            "trace_id": trace_id_of(message.trace_id.hex()),
            "span_id": span_id_of(message.span_id.hex()),
            "parent_id": parent_id_of(message.parent_span_id.hex()),
            "name": filed(message.name),
            "start_ns": start_ns,
            "end_ns": end_ns,
            "kind": KINDS[kind] if 0 <= kind < len(KINDS) else KINDS[0],
            "status": STATUSES[code] if 0 <= code < len(STATUSES) else STATUSES[0],
            "status_message": status.message,
            "attributes": read_attributes(message.attributes),
            "events": tuple([_read_event(event) for event in events]) if events else (),
            "links": tuple([_read_link(link) for link in links if _is_usable(link)]) if links else (),
            "resource": resource,
            "scope": scope,
        },
    )
    return span


def _read_event(event: SpanMessage.Event) -> SpanEvent:
    return SpanEvent(
        name=filed(event.name),
        time_ns=time_of(event.time_unix_nano),
        attributes=read_attributes(event.attributes),
    )


def _read_link(link: SpanMessage.Link) -> SpanLink:
    return SpanLink(
        trace_id=link.trace_id.hex(),
        span_id=link.span_id.hex(),
        attributes=read_attributes(link.attributes),
    )


def _is_usable(link: SpanMessage.Link) -> bool:
    """A link to nothing costs only itself."""
    return len(link.trace_id) == 16 and len(link.span_id) == 8 and any(link.trace_id) and any(link.span_id)
