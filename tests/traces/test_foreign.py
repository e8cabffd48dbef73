"""What foreign spans claim under our names is filed apart."""

from __future__ import annotations

from traces.foreign import file_foreign
from traces.span import SpanEvent, SpanLink
from traces.testing import TraceBuilder


def test_our_names_are_filed_under_foreign(spans: TraceBuilder) -> None:
    """Span, events, attributes, links and resource; everything else stays."""
    ours = {"flywheel.outcome": "passed", "gen_ai.operation.name": "chat"}
    filed = {"foreign.flywheel.outcome": "passed", "gen_ai.operation.name": "chat"}
    span = file_foreign(
        spans.span(
            "flywheel.run.started",
            attributes=ours,
            events=(SpanEvent(name="flywheel.middleware.activated", time_ns=1, attributes=ours),),
            links=(SpanLink(trace_id="1" * 32, span_id="2" * 16, attributes=ours),),
        )
    )

    assert span.name == "foreign.flywheel.run.started"
    assert span.attributes == span.events[0].attributes == span.links[0].attributes == filed
    assert span.events[0].name == "foreign.flywheel.middleware.activated"


def test_a_span_without_our_names_is_unchanged(spans: TraceBuilder) -> None:
    """Most foreign spans are simply taken."""
    span = spans.chat("hello", tools=("bash",))

    assert file_foreign(span) == span


def test_filing_twice_changes_nothing(spans: TraceBuilder) -> None:
    """A span that was filed is foreign for good."""
    once = file_foreign(spans.root("passed"))

    assert file_foreign(once) == once
