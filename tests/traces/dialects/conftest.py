"""Spans as the instrumentations send them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from traces.span import AttributeValue, Span, SpanEvent, StatusCode

MakeSpan = Callable[..., Span]
START_NS = 1_700_000_000_000_000_000


@pytest.fixture
def span() -> MakeSpan:
    """Builds one span; each has the next number as its id and starts a second after the one before."""
    count = 0

    def make(
        attributes: Mapping[str, AttributeValue],
        *,
        name: str = "work",
        parent: Span | None = None,
        trace_id: str = "a" * 32,
        status: StatusCode = "unset",
        status_message: str = "",
        events: tuple[SpanEvent, ...] = (),
        resource: Mapping[str, AttributeValue] | None = None,
    ) -> Span:
        nonlocal count
        count += 1
        start = START_NS + count * 1_000_000_000
        return Span(
            trace_id=trace_id,
            span_id=f"{count:016x}",
            parent_id=None if parent is None else parent.span_id,
            name=name,
            start_ns=start,
            end_ns=start + 500_000_000,
            status=status,
            status_message=status_message,
            attributes=attributes,
            events=events,
            resource=resource or {},
        )

    return make


@pytest.fixture
def exception() -> Callable[[str, str], SpanEvent]:
    """Builds the event of a recorded exception."""

    def make(kind: str, message: str) -> SpanEvent:
        said = {"exception.type": kind, "exception.message": message, "exception.stacktrace": "Traceback …"}
        return SpanEvent(name="exception", time_ns=START_NS, attributes=said)

    return make
