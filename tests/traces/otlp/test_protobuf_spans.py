"""Spans of protobuf bodies: what exporters send, and what is wrong with some of it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest
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
    usual: dict[str, object] = {
        "trace_id": TRACE,
        "span_id": SPAN,
        "parent_span_id": PARENT,
        "name": "chat gpt-5",
        "kind": Span.SPAN_KIND_CLIENT,
        "start_time_unix_nano": 1_700_000_000_000_000_000,
        "end_time_unix_nano": 1_700_000_001_000_000_000,
    }
    return Span(**{**usual, **more})  # type: ignore[arg-type]  # a builder's fields


def body(*spans: Span, resource: tuple[KeyValue, ...] = ()) -> bytes:
    """A request with one resource and one scope."""
    group = ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])
    group.resource.attributes.extend(resource)
    group.scope_spans[0].scope.name = "agent"
    return bytes(TracesData(resource_spans=[group]).SerializeToString())


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


def test_a_root_has_no_parent() -> None:
    """Neither an empty parent id nor one of zeros is a parent."""
    decoded = decode(message(parent_span_id=b""), message(parent_span_id=bytes(8)))

    assert [span.parent_id for span in decoded.spans] == [None, None]


def test_what_is_ours_is_filed_apart() -> None:
    """In the span's name, its attributes, its events and links, and its resource."""
    ours = text("flywheel.outcome", "passed")
    sent = message(
        name="flywheel.run.started",
        attributes=[ours, text("gen_ai.operation.name", "chat")],
        events=[Span.Event(name="flywheel.middleware.activated", attributes=[ours])],
        links=[Span.Link(trace_id=TRACE, span_id=PARENT, attributes=[ours])],
    )
    (span,) = decode_spans(body(sent, resource=(ours,)), json=False).spans
    filed = {"foreign.flywheel.outcome": "passed"}

    assert span.name == "foreign.flywheel.run.started"
    assert span.attributes == {**filed, "gen_ai.operation.name": "chat"}
    assert span.resource == span.events[0].attributes == span.links[0].attributes == filed
    assert span.events[0].name == "foreign.flywheel.middleware.activated"


def test_unknown_enums_are_not_specified() -> None:
    """A kind or status that the specification does not know (yet) costs nothing."""
    later = Status()
    later.MergeFromString(b"\x18\x63")  # code 99
    decoded = decode(message(kind=77, status=later), message(kind=-1))

    assert [(span.kind, span.status) for span in decoded.spans] == [("internal", "unset")] * 2


def test_times_that_are_not_known_are_taken_from_the_other() -> None:
    """A span that ends before it starts is kept as it is: clocks differ."""
    decoded = decode(
        message(start_time_unix_nano=0, end_time_unix_nano=7),
        message(start_time_unix_nano=7, end_time_unix_nano=0),
        message(start_time_unix_nano=7, end_time_unix_nano=5),
    )

    assert [(span.start_ns, span.end_ns) for span in decoded.spans] == [(7, 7), (7, 7), (7, 5)]


def test_a_link_to_nothing_costs_only_itself() -> None:
    """The span and its other links stay."""
    good = Span.Link(trace_id=TRACE, span_id=PARENT)
    bad = [Span.Link(), Span.Link(trace_id=TRACE), Span.Link(trace_id=bytes(16), span_id=PARENT)]
    (span,) = decode(message(links=[*bad, good])).spans

    assert span.links == (SpanLink(trace_id=TRACE.hex(), span_id=PARENT.hex()),)


def test_spans_of_a_group_share_their_resource() -> None:
    """A body of ten thousand spans holds one resource."""
    first, second = decode(message(), message(span_id=PARENT)).spans

    assert first.resource is second.resource


def test_a_span_that_was_read_is_like_any_other() -> None:
    """It has every field, in their order, and can be copied, compared and shown, but not changed."""
    (span,) = decode(message()).spans
    copy = replace(span, name="other")

    assert list(vars(span)) == [field.name for field in fields(StoredSpan)]
    assert replace(copy, name=span.name) == span
    assert repr(span) == repr(replace(span))
    with pytest.raises(FrozenInstanceError):
        span.name = "other"  # type: ignore[misc]


def test_a_twenty_megabyte_value_is_read() -> None:
    """Size is the receiver's business."""
    long = "x" * 20_000_000
    (span,) = decode(message(attributes=[text("gen_ai.tool.call.result", long)])).spans

    assert span.attributes["gen_ai.tool.call.result"] == long


def test_a_hundred_thousand_spans_are_read() -> None:
    """One body may hold a whole large trace."""
    one = message(attributes=[text("gen_ai.operation.name", "chat")]).SerializeToString()
    scoped = (b"\x12" + _varint(len(one)) + one) * 100_000  # field 2, its length, the span
    group = b"\x12" + _varint(len(scoped)) + scoped
    decoded = decode_spans(b"\x0a" + _varint(len(group)) + group, json=False)

    assert len(decoded.spans) == 100_000


def _varint(number: int) -> bytes:
    digits = []
    while number > 127:
        digits.append(number & 127 | 128)
        number >>= 7
    return bytes([*digits, number])
