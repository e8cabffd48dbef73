"""OpenCode's log lines are dropped, its spans left to the dialect that reads them."""

from __future__ import annotations

from traces.agents.opencode import OpenCode
from traces.otlp.log_record import LogRecord
from traces.span import Span


def test_log_lines_are_dropped_with_a_reason() -> None:
    """A message and its fields, without an event's name."""
    line = LogRecord(time_ns=1, name="", body='["loading","{}"]', resource={"service.name": "opencode"})
    event = LogRecord(time_ns=1, name="session.start", resource={"service.name": "opencode"})
    other = LogRecord(time_ns=1, name="", body="hello", resource={"service.name": "web"})

    told = OpenCode().from_logs([line, event, other])

    assert told.spans == ()
    assert told.dropped == {0: "opencode: a line of its log"}


def test_its_spans_are_left_to_others() -> None:
    """The AI SDK's dialect reads them."""
    span = Span(
        trace_id="a" * 32, span_id="b" * 16, parent_id=None, name="ai.streamText", start_ns=1, end_ns=2
    )

    assert OpenCode().from_spans([span]).used == frozenset()
