"""An OpenTelemetry provider whose spans forward what middleware says of itself to the supervisor, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, TraceFlags, Tracer, TracerProvider
from opentelemetry.util._decorator import _agnosticcontextmanager

ACTIVATED = "flywheel.middleware.activated"
Claim = Callable[[str, str], None]  # takes a middleware's name and its reason
_CONTEXT = SpanContext(trace_id=1, span_id=1, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


class ClaimSpan(NonRecordingSpan):
    """A span that keeps nothing and forwards activations; it identifies no run."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(_CONTEXT)
        self._claim = claim

    def is_recording(self) -> bool:
        """Whether events are taken: they are."""
        return True

    def add_event(self, name: str, attributes: Any = None, timestamp: int | None = None) -> None:  # noqa: ARG002
        """Forward an activation, drop any other event."""
        if name == ACTIVATED:
            found = dict(attributes or {})
            self._claim(
                str(found.get("flywheel.middleware.name", "")),
                str(found.get("flywheel.middleware.reason", "")),
            )


class ClaimTracer(Tracer):
    """Starts spans that forward activations."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim

    def start_span(self, *_: Any, **__: Any) -> ClaimSpan:
        """A span; its name, attributes and links go nowhere."""
        return ClaimSpan(self._claim)

    @_agnosticcontextmanager
    def start_as_current_span(self, *_: Any, **__: Any) -> Iterator[Span]:
        """A span that is the current one meanwhile."""
        span = ClaimSpan(self._claim)
        with trace.use_span(span, end_on_exit=True):
            yield span


class ClaimProvider(TracerProvider):
    """What ``opentelemetry.trace.get_tracer`` comes from in the agent process."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim

    def get_tracer(self, *_: Any, **__: Any) -> ClaimTracer:
        """The one tracer, whoever asks."""
        return ClaimTracer(self._claim)


@contextmanager
def forwarding(claim: Claim) -> Iterator[None]:
    """Make a forwarding span the current one of this thread and of the threads that LangChain starts from it."""
    trace.set_tracer_provider(ClaimProvider(claim))
    with trace.use_span(ClaimSpan(claim)):
        yield
