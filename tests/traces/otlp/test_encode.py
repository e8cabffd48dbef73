"""Spans written as OTLP/JSON come back as they were."""

from __future__ import annotations

import math

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.codec import encode_span
from traces.otlp.decode import decode_spans
from traces.otlp.encode import encode_spans_json
from traces.span import Attributes, Span, SpanEvent, SpanLink
from traces.testing import TraceBuilder

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_NAMES = _TEXTS.filter(lambda name: not name.startswith("flywheel."))
_INTS = st.integers(-(2**63), 2**63 - 1)
_FLOATS = st.floats(allow_nan=False)
_SCALARS = (_TEXTS, st.booleans(), _INTS, _FLOATS)
_VALUES = st.one_of(*_SCALARS, *[st.lists(scalars, max_size=3).map(tuple) for scalars in _SCALARS])
_ATTRIBUTES: st.SearchStrategy[Attributes] = st.dictionaries(_NAMES, _VALUES, max_size=4)
_TRACES = st.integers(1, 2**128 - 1).map("{:032x}".format)
_SPANS = st.integers(1, 2**64 - 1).map("{:016x}".format)
_TIMES = st.integers(1, 2**63 - 1)


def _spans() -> st.SearchStrategy[Span]:
    return st.builds(
        Span,
        trace_id=_TRACES,
        span_id=_SPANS,
        parent_id=st.none() | _SPANS,
        name=_NAMES,
        start_ns=_TIMES,
        end_ns=_TIMES,
        kind=st.sampled_from(["internal", "client", "server", "producer", "consumer"]),
        status=st.sampled_from(["unset", "ok", "error"]),
        status_message=_TEXTS,
        attributes=_ATTRIBUTES,
        events=st.lists(
            st.builds(SpanEvent, name=_NAMES, time_ns=_TIMES, attributes=_ATTRIBUTES), max_size=2
        ).map(tuple),
        links=st.lists(
            st.builds(SpanLink, trace_id=_TRACES, span_id=_SPANS, attributes=_ATTRIBUTES), max_size=2
        ).map(tuple),
        resource=st.sampled_from([{}, {"service.name": "a"}, {"n": 1}, {"n": True}, {"n": 1.0}]),
        scope=st.sampled_from(["", "a", "b"]),
    )


@settings(max_examples=examples(40), deadline=None)
@given(spans=st.lists(_spans(), max_size=4))
def test_what_is_written_is_read(spans: list[Span]) -> None:
    """Equal in every field and type, though spans of one resource and scope stand together."""
    decoded = decode_spans(encode_spans_json(spans), json=True)

    assert decoded.rejected == 0
    assert sorted(map(encode_span, decoded.spans)) == sorted(map(encode_span, spans))


def test_spans_are_grouped_by_resource_and_scope(spans: TraceBuilder) -> None:
    """In the order in which each appears first, on one line."""
    first, second, third = spans.span("a"), spans.span("b"), spans.span("c")
    body = encode_spans_json([first, _of({"service.name": "x"}, "s", second), third])
    groups = orjson.loads(body)["resourceSpans"]

    assert b"\n" not in body
    assert [len(group["scopeSpans"][0]["spans"]) for group in groups] == [2, 1]
    assert groups[1]["resource"] == {"attributes": [{"key": "service.name", "value": {"stringValue": "x"}}]}
    assert groups[1]["scopeSpans"][0]["scope"] == {"name": "s"}


def test_the_shape_is_the_specifications(spans: TraceBuilder) -> None:
    """Hexadecimal ids, decimal strings for 64 bits, numbers for enums, no parent for a root."""
    root = spans.root("passed", input_tokens=1200)
    (group,) = orjson.loads(encode_spans_json([root]))["resourceSpans"]
    (written,) = group["scopeSpans"][0]["spans"]

    assert written["traceId"] == "a" * 32
    assert "parentSpanId" not in written
    assert written["startTimeUnixNano"] == str(root.start_ns)
    assert (written["kind"], written["status"]["code"]) == (1, 0)
    assert {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1200"}} in written["attributes"]


def test_floats_that_are_not_finite_keep_their_value(spans: TraceBuilder) -> None:
    """By name, because JSON has no number for them."""
    span = spans.span("a", attributes={"nan": math.nan, "all": (math.inf, -math.inf)})
    (read,) = decode_spans(encode_spans_json([span]), json=True).spans

    assert math.isnan(float(str(read.attributes["nan"])))
    assert read.attributes["all"] == (math.inf, -math.inf)


def test_halves_of_surrogate_pairs_are_mended(spans: TraceBuilder) -> None:
    """No UTF-8 can hold them, wherever they stand."""
    span = spans.span("a\ud83d", attributes={"k\udc00": ("\ud83d\ude00", "\ud83d")})
    (read,) = decode_spans(encode_spans_json([_of({"r\ud83d": "x"}, "", span)]), json=True).spans

    assert read.name == "a\ufffd"
    assert read.attributes == {"k\ufffd": ("\U0001f600", "\ufffd")}
    assert read.resource == {"r\ufffd": "x"}


def test_nothing_is_an_empty_request() -> None:
    """And can be read again."""
    assert decode_spans(encode_spans_json([]), json=True).spans == []


def _of(resource: Attributes, scope: str, span: Span) -> Span:
    return Span(**{**vars(span), "resource": resource, "scope": scope})
