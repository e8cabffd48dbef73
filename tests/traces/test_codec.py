"""Spans survive the way to JSON and back."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traces.codec import decode_span, encode_span, mend
from traces.errors import SegmentError
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


@settings(max_examples=150, deadline=None)
@given(any_span)
def test_a_span_comes_back_equal(span: Span) -> None:
    """Whatever text and numbers it holds, on one line."""
    line = encode_span(span)

    assert decode_span(line) == span
    assert b"\n" not in line


@settings(max_examples=100, deadline=None)
@given(any_span)
def test_types_of_values_come_back(span: Span) -> None:
    """True is not 1, and 1 is not 1.0, although Python takes them for equal."""
    back = decode_span(encode_span(span))

    assert repr(back.attributes) == repr(span.attributes)


@settings(max_examples=200, deadline=None)
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
