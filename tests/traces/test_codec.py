"""Spans survive the way to JSON and back."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.codec import decode_span, encode_span, mend, span_to_json
from traces.errors import SegmentError
from traces.outcome import Outcome
from traces.span import Span, SpanEvent, SpanLink
from traces.testing import TraceBuilder

whole = st.integers(min_value=-(2**63), max_value=2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
floats = st.floats(allow_nan=False)
values = st.one_of(
    texts,
    st.booleans(),
    whole,
    floats,
    *(st.lists(kind, max_size=3).map(tuple) for kind in (texts, st.booleans(), whole, floats)),
)
attributes = st.dictionaries(texts, values, max_size=4)
hexadecimal = st.integers(min_value=1, max_value=2**64 - 1).map(lambda number: f"{number:016x}")
traces = hexadecimal.map(lambda text: text * 2)
events = st.builds(SpanEvent, name=texts, time_ns=whole, attributes=attributes)
links = st.builds(SpanLink, trace_id=traces, span_id=hexadecimal, attributes=attributes)
any_span = st.builds(
    Span,
    trace_id=traces,
    span_id=hexadecimal,
    parent_id=st.none() | hexadecimal,
    name=texts,
    start_ns=whole,
    end_ns=whole,
    kind=st.sampled_from(["internal", "client", "server", "producer", "consumer"]),
    status=st.sampled_from(["unset", "ok", "error"]),
    status_message=texts,
    attributes=attributes,
    events=st.lists(events, max_size=2).map(tuple),
    links=st.lists(links, max_size=2).map(tuple),
    resource=attributes,
    scope=texts,
)


@settings(max_examples=examples(150), deadline=None)
@given(any_span)
def test_a_span_comes_back_equal(span: Span) -> None:
    """Whatever text and numbers it holds, on one line."""
    line = encode_span(span)

    assert decode_span(line) == span
    assert b"\n" not in line


@settings(max_examples=examples(100), deadline=None)
@given(any_span)
def test_types_of_values_come_back(span: Span) -> None:
    """True is not 1, and 1 is not 1.0, although Python takes them for equal."""
    back = decode_span(encode_span(span))

    assert repr(back.attributes) == repr(span.attributes)


@settings(max_examples=examples(100), deadline=None)
@given(st.binary() | st.recursive(st.none() | texts | whole, st.lists).map(lambda x: json.dumps(x).encode()))
def test_what_is_no_span_is_refused(line: bytes) -> None:
    """Any other bytes give the one error that readers expect."""
    with pytest.raises(SegmentError, match="not a stored span"):
        decode_span(line)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_floats_that_are_not_finite(spans: TraceBuilder, number: float) -> None:
    """They come back, alone and in lists, and what is stored is JSON by the letter."""
    line = encode_span(spans.span(attributes={"x": number, "y": (1.0, number)}))
    back = decode_span(line).attributes

    json.loads(line, parse_constant=pytest.fail)
    assert repr(back["x"]) == repr(number)
    assert repr(back["y"]) == repr((1.0, number))


def test_halves_of_surrogate_pairs(spans: TraceBuilder) -> None:
    """A lone half becomes U+FFFD; two halves that belong together become their character."""
    back = decode_span(encode_span(spans.span(name="a\ud83db", attributes={"k": "\ud83d\ude00\udc00"})))

    assert back.name == "a\ufffdb"
    assert back.attributes["k"] == "\U0001f600\ufffd"


def test_whole_text_is_not_touched() -> None:
    """Mending costs nothing where nothing is broken."""
    text = "naïve 😀 text"

    assert mend(text) is text


def test_fields_that_hold_nothing_are_left_out(spans: TraceBuilder) -> None:
    """A small span is a short line."""
    record = json.loads(encode_span(spans.span()))

    assert set(record) == {"trace", "span", "name", "start", "end", "kind", "status"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("kind", "odd"), ("status", 1), ("start", 1.5), ("start", True), ("name", None), ("attributes", [1]),
     ("attributes", {"k": None}), ("events", [{"name": "x"}]), ("links", {"a": 1})],
)  # fmt: skip
def test_a_record_of_the_wrong_shape_is_refused(spans: TraceBuilder, key: str, value: object) -> None:
    """Nothing half-right gets in: types are checked where spans are read."""
    record = json.loads(encode_span(spans.span())) | {key: value}

    with pytest.raises(SegmentError):
        decode_span(json.dumps(record).encode())


def test_a_value_that_is_no_attribute_cannot_be_stored(spans: TraceBuilder) -> None:
    """The error names the span."""
    span = spans.span(attributes={"k": object()})  # type: ignore[dict-item]

    with pytest.raises(SegmentError, match=span.span_id):
        encode_span(span)


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, -(2**63) - 1, 1 << 20_000], ids=int.bit_length)
def test_whole_numbers_of_any_size(spans: TraceBuilder, number: int) -> None:
    """They come back to the digit, alone and in lists, as times too."""
    span = spans.span(attributes={"x": number, "y": (1, number)})
    late = replace(span, end_ns=number, events=(SpanEvent(name="e", time_ns=number, attributes={}),))

    assert decode_span(encode_span(span)) == span
    assert decode_span(encode_span(late)) == late


@pytest.mark.parametrize("number", [2.0**63, -(2.0**70), 1e300])
def test_large_floats_stay_floats(spans: TraceBuilder, number: float) -> None:
    """They are not taken for the whole numbers that a parser has no room for."""
    back = decode_span(encode_span(spans.span(attributes={"x": number})))

    assert repr(back.attributes["x"]) == repr(number)


def test_what_was_stored_before_is_read(spans: TraceBuilder) -> None:
    """Records that Python's own JSON wrote, with numbers beyond 64 bits as they are."""
    span = spans.span("naïve", attributes={"big": 2**70, "small": -(2**70), "half": 0.5, "far": 1e16})
    line = json.dumps(span_to_json(span), ensure_ascii=False, separators=(",", ":")).encode()
    tagged = line.replace(b"0.5", b'{"float":"-inf"}')

    assert decode_span(line) == span
    assert repr(decode_span(line).attributes) == repr(span.attributes)
    assert decode_span(tagged).attributes["half"] == -math.inf


@settings(max_examples=examples(50), deadline=None)
@given(any_span)
def test_equal_spans_give_equal_bytes(span: Span) -> None:
    """A checksum of the bytes tells whether a span was stored before."""
    assert encode_span(decode_span(encode_span(span))) == encode_span(span)


def test_names_are_mended_too(spans: TraceBuilder) -> None:
    """Also in events, and beside a number that needs a tag."""
    event = SpanEvent(name="\udc00", time_ns=1, attributes={"k\ud800": 2**65})
    back = decode_span(encode_span(spans.span(events=(event,))))

    assert back.events == (SpanEvent(name="\ufffd", time_ns=1, attributes={"k\ufffd": 2**65}),)


@pytest.mark.parametrize(
    "value", [None, b"bytes", {"a": 1}, ((1,),), (None,), datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_values_of_other_types_cannot_be_stored(spans: TraceBuilder, value: object) -> None:
    """What could not be read again is refused before it is written."""
    with pytest.raises(SegmentError, match="is no attribute value"):
        encode_span(spans.span(attributes={"k": value}))  # type: ignore[dict-item]


def test_a_name_that_is_no_text_cannot_be_stored(spans: TraceBuilder) -> None:
    """Attributes are named by texts."""
    with pytest.raises(SegmentError, match="is no attribute name"):
        encode_span(spans.span(attributes={1: "x"}))  # type: ignore[dict-item]


def test_enumerations_are_stored_as_their_values(spans: TraceBuilder) -> None:
    """Alone and beside what needs the slow way."""
    plain = decode_span(encode_span(spans.span(attributes={"o": Outcome.FAILED})))
    slow = decode_span(encode_span(spans.span(attributes={"o": Outcome.FAILED, "big": 2**70})))

    assert plain.attributes["o"] == slow.attributes["o"] == "failed"
