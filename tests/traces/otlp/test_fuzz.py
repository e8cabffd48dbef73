"""Whatever arrives: it is decoded, or refused with ``OtlpError``."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData, ResourceLogs, ScopeLogs
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, TracesData

from tests.examples import examples
from traces.codec import encode_span
from traces.otlp.decode import count_metrics, decode_logs, decode_spans
from traces.otlp.encode import encode_spans_json
from traces.otlp.errors import OtlpError

_VALUES: Final = [
    AnyValue(string_value="chat gpt-5"),
    AnyValue(int_value=-1),
    AnyValue(double_value=0.5),
    AnyValue(bytes_value=b"\xff"),
    AnyValue(array_value=ArrayValue(values=[AnyValue(bool_value=True), AnyValue()])),
    AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="role", value=AnyValue(string_value="user"))])),
]
_PAIRS: Final = [KeyValue(key=f"key.{number}", value=value) for number, value in enumerate(_VALUES)]
_SPAN: Final = Span(
    trace_id=b"0123456789abcdef",
    span_id=b"01234567",
    name="chat",
    start_time_unix_nano=5,
    end_time_unix_nano=6,
    attributes=_PAIRS,
    events=[Span.Event(name="exception", attributes=_PAIRS)],
    links=[Span.Link(trace_id=b"0123456789abcdef", span_id=b"01234567")],
)
_RECORD: Final = LogRecord(time_unix_nano=5, body=_VALUES[-1], attributes=_PAIRS, event_name="e")
_SPANS: Final = bytes(
    TracesData(
        resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[_SPAN, _SPAN])])]
    ).SerializeToString()
)
_LOGS: Final = bytes(
    LogsData(resource_logs=[ResourceLogs(scope_logs=[ScopeLogs(log_records=[_RECORD])])]).SerializeToString()
)
_JSON: Final = encode_spans_json(decode_spans(_SPANS, json=False).spans)

_DECODERS: Final[list[Callable[[bytes], Any]]] = [
    partial(decode, json=is_json)
    for decode in (decode_spans, decode_logs, count_metrics)
    for is_json in (True, False)
]


def _use(body: bytes) -> None:
    for decode in _DECODERS:
        with suppress(OtlpError):
            decode(body)
    for is_json in (True, False):
        with suppress(OtlpError):
            for span in decode_spans(body, json=is_json).spans:
                encode_span(span)  # what is taken can be stored


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes(body: bytes) -> None:
    """Of which nearly none are a body."""
    _use(body)


@settings(max_examples=examples(150), deadline=None)
@given(
    body=st.sampled_from([_SPANS, _LOGS, _JSON]),
    changes=st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=4), st.integers(0, 4)), max_size=4),
)
def test_changed_bodies(body: bytes, changes: list[tuple[int, bytes, int]]) -> None:
    """Bytes put in, taken out or overwritten anywhere."""
    for place, put, taken in changes:
        start = place % len(body)
        body = body[:start] + put + body[start + taken :] or b"{}"
    _use(body)


_ANYTHING: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(
        ["", "0" * 32, "1" * 32, "2" * 16, "NaN", "SPAN_KIND_SERVER", "\ud800", "1e400", "9" * 5000]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "value", "values", "stringValue", "intValue", "doubleValue", "boolValue"])
            | st.sampled_from(
                ["arrayValue", "kvlistValue", "bytesValue", "attributes", "name", "code", "\udfff"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
_FIELDS: Final = [
    "traceId",
    "parentSpanId",
    "name",
    "kind",
    "status",
    "attributes",
    "events",
    "links",
    "endTimeUnixNano",
]


@settings(max_examples=examples(200), deadline=None)
@given(
    fields=st.dictionaries(st.sampled_from(_FIELDS), _ANYTHING, max_size=4),
    resource=_ANYTHING,
    attributes=st.lists(st.fixed_dictionaries({"key": st.just("k"), "value": _ANYTHING}), max_size=3),
)
def test_json_with_anything_in_any_place(
    fields: dict[str, Any], resource: Any, attributes: list[Any]
) -> None:
    """As Python's own module writes it, NaN and halves of surrogate pairs included."""
    usual = {"traceId": "1" * 32, "spanId": "2" * 16, "attributes": attributes}
    items = [usual, {**usual, **fields}, fields]
    group = {
        "resource": resource,
        "scopeSpans": [{"scope": resource, "spans": items}],
        "scopeLogs": [{"logRecords": items}],
    }
    body = json.dumps(
        {"resourceSpans": [group, resource], "resourceLogs": [group], "resourceMetrics": resource}
    )

    assert decode_spans(body.encode(), json=True).spans
    _use(body.encode())


@pytest.mark.parametrize("decode", _DECODERS)
def test_a_huge_id_or_number_is_no_burden(decode: Callable[[bytes], Any]) -> None:
    """Nothing grows faster than the body."""
    digits = "9" * 2_000_000
    span = {"traceId": digits, "spanId": digits, "startTimeUnixNano": digits, "kind": digits}
    body = orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})

    with suppress(OtlpError):
        assert decode(body).rejected == 1
