"""Spans in the agent process forward activations, and nothing else."""

from __future__ import annotations

import threading
from contextvars import copy_context

import pytest
from opentelemetry import trace

from harness.agent_process.claims import ACTIVATED, ClaimProvider, ClaimSpan

SAID = {"flywheel.middleware.name": "Own", "flywheel.middleware.reason": "because"}


@pytest.fixture
def claims() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def span(claims: list[tuple[str, str]]) -> ClaimSpan:
    return ClaimSpan(lambda name, reason: claims.append((name, reason)))


def test_an_activation_is_forwarded_at_once(span: ClaimSpan, claims: list[tuple[str, str]]) -> None:
    """With its name and its reason; other attributes stay behind."""
    span.add_event(ACTIVATED, {**SAID, "flywheel.outcome": "passed"})

    assert claims == [("Own", "because")]


def test_everything_else_goes_nowhere(span: ClaimSpan, claims: list[tuple[str, str]]) -> None:
    """Other events, attributes, states and names."""
    span.add_event("flywheel.outcome", {"flywheel.outcome": "passed"})
    span.set_attribute("flywheel.outcome", "passed")
    span.set_status(trace.StatusCode.OK)
    span.update_name("flywheel.run.started")
    span.end()

    assert claims == []


def test_an_activation_without_attributes_is_one(span: ClaimSpan, claims: list[tuple[str, str]]) -> None:
    """Middleware of others need not say more."""
    span.add_event(ACTIVATED)

    assert claims == [("", "")]


def test_it_is_current_in_threads_that_copy_the_context(
    span: ClaimSpan, claims: list[tuple[str, str]]
) -> None:
    """As LangChain's threads for tool calls do."""
    with trace.use_span(span):
        context = copy_context()
    thread = threading.Thread(
        target=lambda: context.run(lambda: trace.get_current_span().add_event(ACTIVATED, SAID))
    )
    thread.start()
    thread.join()

    assert claims == [("Own", "because")]


def test_spans_of_a_tracer_forward_too(claims: list[tuple[str, str]]) -> None:
    """Middleware that starts its own span is heard all the same."""
    tracer = ClaimProvider(lambda name, reason: claims.append((name, reason))).get_tracer("own", "1.0")
    with tracer.start_as_current_span("work", attributes={"a": 1}) as span:
        span.add_event(ACTIVATED, SAID)
        current = trace.get_current_span()
    tracer.start_span("more").add_event(ACTIVATED, SAID)

    assert current is span
    assert len(claims) == 2


def test_spans_identify_no_run(span: ClaimSpan) -> None:
    """Every run's context is the same."""
    other = ClaimSpan(lambda *_: None)

    assert span.get_span_context() == other.get_span_context()
    assert span.is_recording()
