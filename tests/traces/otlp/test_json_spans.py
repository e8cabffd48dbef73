"""Spans of JSON bodies, in all the forms that exporters and back ends write."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from traces.otlp.decode import decode_spans
from traces.otlp.decoded import DecodedSpans
from traces.otlp.errors import OtlpError
from traces.span import Span, SpanEvent, SpanLink

TRACE = "5b8efff798038103d269b633813fc60c"
SPAN = "eee19b7ec3c1b174"
PARENT = "eee19b7ec3c1b173"


def item(**more: object) -> dict[str, Any]:
    """A span as a JavaScript exporter writes it; fields can be set anew, ``None`` leaves one out."""
    usual: dict[str, object] = {
        "traceId": TRACE,
        "spanId": SPAN,
        "parentSpanId": PARENT,
        "name": "chat gpt-5",
        "kind": 3,
        "startTimeUnixNano": "1700000000000000000",
        "endTimeUnixNano": "1700000001000000000",
    }
    return {key: value for key, value in {**usual, **more}.items() if value is not None}


def group(*spans: object) -> dict[str, Any]:
    """The spans of one resource and scope."""
    return {
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "coder"}}]},
        "scopeSpans": [{"scope": {"name": "agent"}, "spans": list(spans)}],
    }


def decode(*spans: object) -> DecodedSpans:
    """What is read of a request of these spans."""
    return decode_spans(orjson.dumps({"resourceSpans": [group(*spans)]}), json=True)


def test_a_span_is_read_whole() -> None:
    """Ids, times, kind, status, events, links, resource and scope; what is not known is ignored."""
    sent = item(
        status={"code": 2, "message": "429"},
        attributes=[{"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1200"}}],
        events=[{"name": "exception", "timeUnixNano": "5", "attributes": []}],
        links=[{"traceId": TRACE, "spanId": PARENT}, {"traceId": "", "spanId": "zz"}],
        flags=256,
        somethingNew={"a": 1},
    )

    assert decode(sent) == DecodedSpans(
        spans=[
            Span(
                trace_id=TRACE,
                span_id=SPAN,
                parent_id=PARENT,
                name="chat gpt-5",
                start_ns=1_700_000_000_000_000_000,
                end_ns=1_700_000_001_000_000_000,
                kind="client",
                status="error",
                status_message="429",
                attributes={"gen_ai.usage.input_tokens": 1200},
                events=(SpanEvent(name="exception", time_ns=5),),
                links=(SpanLink(trace_id=TRACE, span_id=PARENT),),
                resource={"service.name": "coder"},
                scope="agent",
            )
        ],
        rejected=0,
        reasons=decode().reasons,
    )


def test_snake_case_is_understood() -> None:
    """Writers that dump protobuf's own names."""
    span = {
        "trace_id": TRACE,
        "span_id": SPAN,
        "parent_span_id": PARENT,
        "start_time_unix_nano": 3,
        "end_time_unix_nano": 4,
        "attributes": [{"key": "n", "value": {"int_value": 1}}],
        "events": [{"name": "e", "time_unix_nano": 3}],
        "links": [{"trace_id": TRACE, "span_id": PARENT}],
    }
    body = {"resource_spans": [{"scope_spans": [{"scope": {"name": "s"}, "spans": [span]}]}]}
    (found,) = decode_spans(orjson.dumps(body), json=True).spans

    assert (found.trace_id, found.span_id, found.parent_id) == (TRACE, SPAN, PARENT)
    assert (found.start_ns, found.end_ns, found.attributes) == (3, 4, {"n": 1})
    assert (found.events[0].time_ns, found.links[0].span_id, found.scope) == (3, PARENT, "s")


@pytest.mark.parametrize(
    "body",
    [
        {"resourceSpans": [group(item())]},
        {"resourceSpans": group(item())},
        {"batches": [group(item())]},
        [{"resourceSpans": [group(item())]}],
        [group(item())],
        group(item()),
    ],
    ids=["request", "no list", "batches", "list of requests", "list of groups", "one group"],
)
def test_the_groups_may_stand_anywhere(body: object) -> None:
    """A request, a back end's batches, a list of either, or a single group."""
    (span,) = decode_spans(orjson.dumps(body), json=True).spans

    assert (span.span_id, span.resource, span.scope) == (SPAN, {"service.name": "coder"}, "agent")


def test_instrumentation_libraries_are_scopes() -> None:
    """What scopes were called before 2022, with enums by name as stored traces have them."""
    old = {
        "instrumentationLibrary": {"name": "agent"},
        "spans": [item(kind="SPAN_KIND_SERVER", status={"code": "STATUS_CODE_ERROR"}, startTimeUnixNano=5)],
    }
    (span,) = decode_spans(
        orjson.dumps({"batches": [{"instrumentationLibrarySpans": [old]}]}), json=True
    ).spans

    assert (span.kind, span.status, span.scope, span.start_ns) == ("server", "error", "agent", 5)


@pytest.mark.parametrize(
    "write", [str.upper, str.lower, lambda digits: base64.b64encode(bytes.fromhex(digits)).decode()]
)
def test_ids_in_any_form(write: Any) -> None:
    """Hexadecimal of any case, or the base64 that protobuf's generic JSON writes."""
    sent = item(traceId=write(TRACE), spanId=write(SPAN), parentSpanId=write(PARENT))
    (span,) = decode(sent).spans

    assert (span.trace_id, span.span_id, span.parent_id) == (TRACE, SPAN, PARENT)


def test_url_safe_base64_is_base64() -> None:
    """Both alphabets occur."""
    raw = bytes([251, 255] * 8)
    (span,) = decode(item(traceId=base64.urlsafe_b64encode(raw).decode())).spans

    assert span.trace_id == raw.hex()


def test_times_may_be_numbers_or_texts() -> None:
    """Integers as JavaScript and Go write them, and floats where 64 bits were too many."""
    written = ["1700000000000000000", 1_700_000_000_000_000_000, 1.7e18, "1.7e18"]

    assert {span.start_ns for span in decode(*[item(startTimeUnixNano=time) for time in written]).spans} == {
        1_700_000_000_000_000_000
    }


def test_bad_spans_cost_only_themselves() -> None:
    """They are counted by reason."""
    decoded = decode(
        item(),
        item(traceId=None),
        item(traceId="0" * 32),
        item(traceId="abc"),
        item(traceId="g" * 32),
        item(traceId="=" * 24),
        item(traceId=7),
        item(spanId=""),
        item(spanId="0" * 16),
        item(parentSpanId="1"),
        item(startTimeUnixNano="yesterday"),
        item(startTimeUnixNano=True),
        item(startTimeUnixNano=1.5),
        item(endTimeUnixNano={}),
        item(endTimeUnixNano="1e400"),
        item(endTimeUnixNano=-1),
        item(endTimeUnixNano=2**63),
        "a span",
        None,
    )

    assert len(decoded.spans) == 1
    assert decoded.rejected == 18
    assert decoded.reasons == {
        "no trace id": 1,
        "trace id is zero": 1,
        "trace id of wrong length": 1,
        "id is not hexadecimal": 2,
        "id is no text": 1,
        "no span id": 1,
        "span id is zero": 1,
        "parent id of wrong length": 1,
        "time is no number": 5,
        "time out of range": 2,
        "no object": 2,
    }


def test_what_is_ours_is_filed_apart() -> None:
    """In JSON as in protobuf."""
    ours = [{"key": "flywheel.outcome", "value": {"stringValue": "passed"}}]
    (span,) = decode(item(name="flywheel.run.started", attributes=ours)).spans

    assert span.name == "foreign.flywheel.run.started"
    assert span.attributes == {"foreign.flywheel.outcome": "passed"}


def test_fields_of_wrong_types_cost_only_themselves() -> None:
    """A span with usable ids and times is kept, whatever else is wrong with it."""
    sent = item(name=["x"], kind=[], status="bad", attributes="none", events=7, links={"a": 1})
    (span,) = decode(sent).spans

    assert (span.name, span.kind, span.status) == ("", "internal", "unset")
    assert (span.attributes, span.events, span.links) == ({}, (), ())


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"resourceSpans":[]}', b'{"resourceSpans":null}'])
def test_an_empty_request_holds_nothing(body: bytes) -> None:
    """Exporters may send one."""
    decoded = decode_spans(body, json=True)

    assert (decoded.spans, decoded.rejected) == ([], 0)


@pytest.mark.parametrize(
    "body", [b"", b"7", b'"spans"', b'{"resourceLogs":[]}', b'{"resourceSpans":7}', b'{"a":', b"\x0a\x00"]
)
def test_a_body_of_something_else_is_an_error(body: bytes) -> None:
    """The sender learns that it sent the wrong thing."""
    with pytest.raises(OtlpError):
        decode_spans(body, json=True)
