"""The event and the mark by which middleware is known."""

from __future__ import annotations

from langchain_core.messages import HumanMessage
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from middleware.activation import announce, is_note, note


def test_an_activation_is_an_event_on_the_current_span() -> None:
    """The event carries the middleware's name and reason and nothing else."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    with provider.get_tracer("test").start_as_current_span("run"):
        announce("Guard", "because")

    (event,) = exporter.get_finished_spans()[0].events
    assert event.name == "flywheel.middleware.activated"
    assert dict(event.attributes or {}) == {
        "flywheel.middleware.name": "Guard",
        "flywheel.middleware.reason": "because",
    }


def test_without_a_span_an_activation_is_silent() -> None:
    """Middleware works in an application that has no OpenTelemetry set up."""
    assert announce("Guard", "because") is None  # type: ignore[func-returns-value]


def test_notes_bear_a_mark_that_users_messages_lack() -> None:
    """A note is told from the user's own words."""
    assert is_note(note("Guard", "Stop."))
    assert not is_note(HumanMessage("Stop."))
