"""Bodies with texts that are not UTF-8, numbers that JSON has not, and halves of surrogate pairs."""

from __future__ import annotations

import math

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, EntityRef, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, TracesData

from traces.otlp.decode import decode_spans
from traces.otlp.errors import OtlpError
from traces.otlp.json_body import parse_json
from traces.otlp.protobuf_body import parse_body


def _body() -> bytes:
    values = {"cut": AnyValue(string_value="caf??"), "whole": AnyValue(string_value="café")}
    spans = [
        Span(
            trace_id=bytes([200 + number]) * 16,
            span_id=bytes([200]) * 8,
            name=f"span {number}",
            attributes=[KeyValue(key=key, value=value) for key, value in values.items()],
        )
        for number in range(3)
    ]
    group = ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])
    group.resource.entity_refs.append(EntityRef(id_keys=["a??", "b"]))
    return bytes(TracesData(resource_spans=[group]).SerializeToString())


def test_bytes_that_are_no_text_are_mended() -> None:
    """Every span is read, with U+FFFD where the bytes were; ids, which are bytes anyway, are untouched."""
    decoded = decode_spans(_body().replace(b"caf??", b"caf\xc3\x28", 1), json=False)
    first, second, third = decoded.spans

    assert decoded.rejected == 0
    assert first.attributes == {"cut": "caf\ufffd(", "whole": "café"}
    assert first.trace_id == "c8" * 16
    assert second.attributes == third.attributes == {"cut": "caf??", "whole": "café"}


def test_lists_of_texts_are_mended_too() -> None:
    """In messages that no span is made of as well."""
    message = parse_body(TracesData, _body().replace(b"a??", b"a\xff\xff"))

    assert list(message.resource_spans[0].resource.entity_refs[0].id_keys) == ["a\ufffd\ufffd", "b"]


@pytest.mark.parametrize(
    "body", [_body()[:-3], b"\x0a", b"\xff", b'{"resourceSpans":[]}', b"\x0a\x05caf\xc3\x28"]
)
def test_a_broken_body_is_an_error(body: bytes) -> None:
    """Nothing of it can be trusted."""
    with pytest.raises(OtlpError, match="not a protobuf TracesData"):
        parse_body(TracesData, body)


def test_nesting_beyond_the_runtimes_limit_is_an_error() -> None:
    """The protobuf runtime refuses it."""
    value = _field(1, b"bottom")
    for _ in range(60):
        value = _field(5, _field(1, value))  # AnyValue.array_value, ArrayValue.values
    span = _field(9, _field(1, b"deep") + _field(2, value))

    with pytest.raises(OtlpError):
        decode_spans(_field(1, _field(2, _field(2, span))), json=False)


def _field(number: int, content: bytes) -> bytes:
    """A field as it stands on the wire, of less than 16 KiB."""
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return bytes([number << 3 | 2]) + size + content


def test_not_quite_json_is_read() -> None:
    """NaN by name, a byte order mark, bytes that are not UTF-8, halves of surrogate pairs, whole pairs."""
    assert parse_json(b"[NaN,Infinity,-Infinity]") == ["NaN", "Infinity", "-Infinity"]
    assert parse_json(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert parse_json(b'["caf\xc3\x28"]') == ["caf\ufffd("]
    assert parse_json(rb'["a\ud83d", "\ud83d\ude00"]') == ["a\ufffd", "\U0001f600"]


def test_a_span_with_nan_and_half_a_pair_is_read() -> None:
    """As Python's json module writes them."""
    body = (
        rb'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10",'
        rb'"spanId":"0102030405060708","name":"a\ud83d",'
        rb'"attributes":[{"key":"share","value":{"doubleValue":NaN}}]}]}]}]}'
    )
    (span,) = decode_spans(body, json=True).spans

    assert span.name == "a\ufffd"
    assert math.isnan(float(str(span.attributes["share"])))


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"resourceSpans":['])
def test_deep_nesting_is_an_error(opening: bytes) -> None:
    """It neither crashes nor is it read for long."""
    with pytest.raises(OtlpError):
        parse_json(opening * 50_000)
