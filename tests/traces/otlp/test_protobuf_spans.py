"""Spans of protobuf bodies: what exporters send, and what is wrong with some of it."""

from __future__ import annotations

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status, TracesData

from traces.otlp.decode import decode_spans
from traces.otlp.decoded import DecodedSpans
from traces.span import Span as StoredSpan
from traces.span import SpanEvent, SpanLink

TRACE = bytes.fromhex("5b8efff798038103d269b633813fc60c")
SPAN = bytes.fromhex("eee19b7ec3c1b174")
PARENT = bytes.fromhex("eee19b7ec3c1b173")


def text(key: str, value: str) -> KeyValue:
    """An attribute with a text."""
    return KeyValue(key=key, value=AnyValue(string_value=value))


def message(**more: object) -> Span:
    """A span of a model call; fields can be set anew."""
    fields: dict[str, object] = {
        "trace_id": TRACE,
        "span_id": SPAN,
        "parent_span_id": PARENT,
        "name": "chat gpt-5",
        "kind": Span.SPAN_KIND_CLIENT,
        "start_time_unix_nano": 1_700_000_000_000_000_000,
        "end_time_unix_nano": 1_700_000_001_000_000_000,
    }
    return Span(**{**fields, **more})  # type: ignore[arg-type]  # a builder's fields


def body(*spans: Span, resource: tuple[KeyValue, ...] = ()) -> bytes:
    """A request with one resource and one scope."""
    group = ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])
    group.resource.attributes.extend(resource)
    group.scope_spans[0].scope.name = "agent"
    return TracesData(resource_spans=[group]).SerializeToString()


def decode(*spans: Span) -> DecodedSpans:
    """What is read of a request of these spans."""
    return decode_spans(body(*spans), json=False)


def test_a_span_is_read_whole() -> None:
    """Ids in hexadecimal, times, kind, status, events, links, resource and scope."""
    sent = message(
        status=Status(code=Status.STATUS_CODE_ERROR, message="429"),
        attributes=[text("gen_ai.operation.name", "chat")],
        events=[Span.Event(name="exception", time_unix_nano=5, attributes=[text("exception.type", "E")])],
        links=[Span.Link(trace_id=TRACE, span_id=PARENT, attributes=[text("why", "retry")])],
    )
    decoded = decode_spans(body(sent, resource=(text("service.name", "coder"),)), json=False)

    assert decoded.spans == [
        StoredSpan(
            trace_id=TRACE.hex(),
            span_id=SPAN.hex(),
            parent_id=PARENT.hex(),
            name="chat gpt-5",
            start_ns=1_700_000_000_000_000_000,
            end_ns=1_700_000_001_000_000_000,
            kind="client",
            status="error",
            status_message="429",
            attributes={"gen_ai.operation.name": "chat"},
            events=(SpanEvent(name="exception", time_ns=5, attributes={"exception.type": "E"}),),
            links=(SpanLink(trace_id=TRACE.hex(), span_id=PARENT.hex(), attributes={"why": "retry"}),),
            resource={"service.name": "coder"},
            scope="agent",
        )
    ]
    assert decoded.rejected == 0


def test_values_that_spans_have_not_become_text() -> None:
    """Nested ones and mixed arrays as JSON, bytes as base64; those that are not set are left out."""
    values = {
        "empty": AnyValue(string_value=""),
        "count": AnyValue(int_value=0),
        "yes": AnyValue(bool_value=False),
        "share": AnyValue(double_value=0.5),
        "reasons": AnyValue(array_value=ArrayValue(values=[AnyValue(string_value="stop")])),
        "none": AnyValue(array_value=ArrayValue()),
        "mixed": AnyValue(array_value=ArrayValue(values=[AnyValue(string_value="a"), AnyValue(int_value=1)])),
        "message": AnyValue(kvlist_value=KeyValueList(values=[text("role", "user")])),
        "raw": AnyValue(bytes_value=b"\xff\xfe"),
        "unset": AnyValue(),
    }
    (span,) = decode(message(attributes=[KeyValue(key=key, value=values[key]) for key in values])).spans

    assert span.attributes == {
        "empty": "",
        "count": 0,
        "yes": False,
        "share": 0.5,
        "reasons": ("stop",),
        "none": (),
        "mixed": '["a",1]',
        "message": '{"role":"user"}',
        "raw": "//4=",
    }


def test_bad_spans_cost_only_themselves() -> None:
    """They are counted by reason."""
    decoded = decode(
        message(),
        message(trace_id=b""),
        message(trace_id=bytes(16)),
        message(trace_id=b"short"),
        message(span_id=b""),
        message(span_id=bytes(8)),
        message(parent_span_id=b"\x01"),
        message(end_time_unix_nano=2**63),
        message(span_id=PARENT),
    )

    assert [span.span_id for span in decoded.spans] == [SPAN.hex(), PARENT.hex()]
    assert decoded.rejected == 7
    assert decoded.reasons == {
        "no trace id": 1,
        "trace id is zero": 1,
        "trace id of wrong length": 1,
        "no span id": 1,
        "span id is zero": 1,
        "parent id of wrong length": 1,
        "time out of range": 1,
    }
