"""The load is what it says: known spans of a known size, and an honest account of what was acknowledged."""

from __future__ import annotations

from typing import Any

import pytest

from traces.normal import assemble_all
from traces.otlp.decode import decode_spans
from traces.receiver.load import SPANS_OF_A_RUN, make_body, send


def test_a_body_holds_runs_in_normal_form() -> None:
    """Roots, model calls and tool calls."""
    spans = decode_spans(make_body(1, spans=2 * SPANS_OF_A_RUN).content, json=False).spans

    runs = assemble_all(spans)

    assert len(list(runs)) == 2
    assert len({span.span_id for span in spans}) == len(spans)
    assert {span.name for span in spans} == {"invoke_agent load", "chat load-model", "execute_tool bash"}


@pytest.mark.parametrize("span_bytes", [1024, 10_240])
def test_spans_have_about_the_size_that_was_asked_for(span_bytes: int) -> None:
    """On the wire, without packing."""
    body = make_body(1, spans=SPANS_OF_A_RUN, span_bytes=span_bytes)

    assert len(body.content) / SPANS_OF_A_RUN == pytest.approx(span_bytes, rel=0.1)


def test_a_body_is_the_same_each_time_it_is_made() -> None:
    """And no other one's."""
    assert make_body(7, spans=5) == make_body(7, spans=5)
    assert not set(make_body(7, spans=5).spans) & set(make_body(8, spans=5).spans)


@pytest.mark.enable_socket
def test_only_what_was_acknowledged_counts(receiver: Any) -> None:
    """Nothing is where nobody listens, and nothing of what is refused."""
    bodies = [make_body(number, spans=3, seed=2) for number in range(10)]

    there = send(receiver.url, bodies, connections=3)
    refused = send(receiver.url, bodies, headers={"origin": "https://evil.example.org"})
    nowhere = send("http://127.0.0.1:9", bodies[:2])

    assert there.acknowledged == frozenset(range(10))
    assert not refused.acknowledged
    assert not nowhere.acknowledged
    stored = {(span.trace_id, span.span_id) for span in receiver.spans()}
    assert stored >= {key for body in bodies for key in body.spans}
