"""A body becomes spans: unpacked, decoded, filed as foreign, translated."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.otlp.answers import Signal
from traces.otlp.errors import OtlpError
from traces.receiver.delivery import Delivery, open_delivery
from traces.receiver.errors import RequestError, TooLargeError
from traces.receiver.load import make_body

_SPAN = {
    "traceId": "5B8EFFF798038103D269B633813FC60C",
    "spanId": "EEE19B7EC3C1B174",
    "name": "work",
    "startTimeUnixNano": "1544712660000000000",
    "endTimeUnixNano": "1544712661000000000",
    "attributes": [{"key": "flywheel.outcome", "value": {"stringValue": "passed"}}],
}


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
_SIGNALS = st.sampled_from(["traces", "logs", "metrics"])


def _traces(*spans: object) -> bytes:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}).encode()


def test_packed_protobuf_becomes_spans() -> None:
    """All of them, in their order."""
    body = make_body(1, spans=5)

    opened = open_delivery(
        Delivery(signal="traces", body=gzip.compress(body.content), json=False, encoding="gzip"),
        limit=1 << 20,
    )

    assert tuple((span.trace_id, span.span_id) for span in opened.spans) == body.spans
    assert (opened.received, opened.rejected, opened.complaint) == (5, 0, "")


def test_what_a_sender_claims_under_our_names_is_filed_apart() -> None:
    """An outcome from outside decides nothing."""
    opened = open_delivery(Delivery(signal="traces", body=_traces(_SPAN), json=True), limit=1 << 20)

    assert opened.spans[0].attributes["foreign.flywheel.outcome"] == "passed"
    assert "flywheel.outcome" not in opened.spans[0].attributes


def test_a_bad_span_costs_only_itself() -> None:
    """The sender is told how many and why, without content."""
    bad = _SPAN | {"traceId": "00", "name": "private"}

    opened = open_delivery(Delivery(signal="traces", body=_traces(_SPAN, bad, bad), json=True), limit=1 << 20)

    assert (opened.received, len(opened.spans), opened.rejected) == (3, 1, 2)
    assert opened.complaint.startswith("2 × ")
    assert "private" not in opened.complaint


def test_logs_of_no_use_are_dropped_by_name() -> None:
    """They are counted, not stored."""
    record = {"timeUnixNano": "1", "eventName": "unheard.of", "body": {"stringValue": "text"}}
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record, record]}]}]}).encode()

    opened = open_delivery(Delivery(signal="logs", body=body, json=True), limit=1 << 20)

    assert (opened.received, opened.spans) == (2, [])
    assert sum(opened.dropped.values()) == 2
    assert all(reason.startswith("log ") for reason in opened.dropped)


def test_metrics_are_counted_and_dropped() -> None:
    """By data point."""
    metric = {"name": "tokens", "sum": {"dataPoints": [{"asInt": "1"}, {"asInt": "2"}]}}
    body = json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}).encode()

    opened = open_delivery(Delivery(signal="metrics", body=body, json=True), limit=1 << 20)

    assert opened.received == 2
    assert opened.dropped == {"metrics": 2}
    assert open_delivery(Delivery(signal="metrics", body=b"", json=False), limit=1).dropped == {}


def test_what_is_no_otlp_is_refused_as_a_whole() -> None:
    """Sending it again is of no use."""
    with pytest.raises(OtlpError):
        open_delivery(Delivery(signal="traces", body=b"\xff\xff\xff", json=False), limit=1 << 20)


def test_the_limit_is_that_of_the_unpacked_body() -> None:
    """However small it came."""
    body = gzip.compress(make_body(1, spans=50).content)

    with pytest.raises(TooLargeError):
        open_delivery(Delivery(signal="traces", body=body, json=False, encoding="gzip"), limit=len(body) + 1)


def _open(delivery: Delivery) -> None:
    try:
        opened = open_delivery(delivery, limit=1 << 20)
    except (OtlpError, RequestError):
        return

    assert opened.received >= opened.rejected >= 0


@settings(max_examples=examples(150), deadline=None)
@given(signal=_SIGNALS, place=st.integers(0, 2000), garbage=st.binary(max_size=12), json=st.booleans())
def test_bodies_with_garbage_in_them_never_crash(
    signal: Signal, place: int, garbage: bytes, json: bool
) -> None:
    """They are opened as far as they can be, or refused."""
    whole = _traces(_SPAN, _SPAN) if json else make_body(1, spans=3).content

    _open(Delivery(signal=signal, body=whole[:place] + garbage + whole[place + len(garbage) :], json=json))
    _open(Delivery(signal=signal, body=garbage, json=json))


@settings(max_examples=examples(150), deadline=None)
@given(signal=_SIGNALS, key=st.sampled_from(sorted(_SPAN)), value=_ANYTHING)
def test_values_of_any_kind_never_crash(signal: Signal, key: str, value: object) -> None:
    """Wherever a span or a record should have a text, a number or a list."""
    span = _SPAN | {key: value}
    groups = {"traces": "Spans", "logs": "Logs", "metrics": "Metrics"}
    body = json.dumps({f"resource{groups[signal]}": [{f"scope{groups[signal]}": [span | {"spans": [span]}]}]})

    _open(Delivery(signal=signal, body=body.encode(), json=True))
    _open(Delivery(signal=signal, body=_traces(span), json=True))
    _open(Delivery(signal=signal, body=json.dumps(value).encode(), json=True))
