"""The OpenTelemetry SDK, set up so that every span reaches a segment whole and at once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanContext, format_span_id, format_trace_id

from traces.errors import SegmentError
from traces.segments import SegmentWriter
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanKind, SpanLink, StatusCode

_MANY = 100_000  # a bound against runaway code, far above the SDK's 128 that cuts real spans


class SegmentExporter(SpanExporter):
    """Writes ended spans to a segment.

    The SDK swallows what an exporter raises, so the first failure is kept in ``failure``; who needs
    durable spans calls ``raise_failure`` after ending one. The writer stays the caller's to close.
    """

    def __init__(self, writer: SegmentWriter) -> None:
        self._writer = writer
        self.failure: SegmentError | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Append the spans; a failure is kept and reported as the SDK wants it."""
        try:
            for span in spans:
                self._writer.append(span_from_sdk(span))
        except SegmentError as error:
            self.failure = self.failure or error
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def raise_failure(self) -> None:
        """Raise the first ``SegmentError`` there was, if any."""
        if self.failure is not None:
            raise self.failure

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002  # the SDK's signature
        """Nothing waits here: every span is written as it ends. False after a failure."""
        return self.failure is None


class ChosenIds(IdGenerator):
    """Random ids, but for roots whose ids the caller chose.

    ``choose`` applies to the next root span that its thread starts. ``random_bits`` takes a number of
    bits; by default the SDK's own generator makes the ids.
    """

    def __init__(self, random_bits: Callable[[int], int] | None = None) -> None:
        self._random = RandomIdGenerator()
        self._random_bits = random_bits
        self._chosen = threading.local()

    def choose(self, trace_id: str, span_id: str | None = None) -> None:
        """Fix the trace id, and the span id if given, of the next root; both in lower-case hexadecimal.

        Raises ``ValueError`` for what is no valid id.
        """
        trace_number = _id_number(trace_id, digits=32)
        span_number = None if span_id is None else _id_number(span_id, digits=16)
        self._chosen.trace, self._chosen.span_later = trace_number, span_number

    def generate_trace_id(self) -> int:
        """The chosen trace id, once; else a new one. The SDK asks for it only when it starts a root."""
        chosen: int | None = self._chosen.__dict__.pop("trace", None)
        if chosen is None:
            return self._random.generate_trace_id() if self._random_bits is None else self._bits(128)
        # The SDK asks for the root's span id right after its trace id, in the same thread.
        self._chosen.span = self._chosen.__dict__.pop("span_later", None)
        return chosen

    def generate_span_id(self) -> int:
        """The chosen root's span id, once; else a new one."""
        chosen: int | None = self._chosen.__dict__.pop("span", None)
        if chosen is not None:
            return chosen
        return self._random.generate_span_id() if self._random_bits is None else self._bits(64)

    def _bits(self, count: int) -> int:
        assert self._random_bits is not None
        # Zero means "no id" to OpenTelemetry.
        return self._random_bits(count) or 1


def tracer_provider(
    exporter: SpanExporter,
    *,
    resource_attributes: Mapping[str, str],
    id_generator: IdGenerator | None = None,
) -> TracerProvider:
    """A provider that samples everything, cuts nothing and exports each span while it ends.

    Nothing of the environment's ``OTEL_*`` takes part. It does not become the global provider and
    registers nothing at exit; shut it down yourself.
    """
    provider = _Provider(
        sampler=ALWAYS_ON,
        resource=Resource(dict(resource_attributes)),
        shutdown_on_exit=False,
        id_generator=id_generator or RandomIdGenerator(),
        span_limits=_span_limits(),
        meter_provider=NoOpMeterProvider(),
    )
    provider.add_span_processor(_SynchronousProcessor(exporter))
    return provider


def span_from_sdk(readable: ReadableSpan) -> Span:
    """An ended span of the SDK as ours; values that are no attributes of ours become JSON texts."""
    context = cast("SpanContext", readable.context)
    return Span(
        trace_id=format_trace_id(context.trace_id),
        span_id=format_span_id(context.span_id),
        parent_id=None if readable.parent is None else format_span_id(readable.parent.span_id),
        name=readable.name,
        start_ns=readable.start_time or 0,
        end_ns=readable.end_time or readable.start_time or 0,
        kind=cast("SpanKind", readable.kind.name.lower()),
        status=cast("StatusCode", readable.status.status_code.name.lower()),
        status_message=readable.status.description or "",
        attributes=_attributes(readable.attributes),
        events=tuple(
            SpanEvent(name=event.name, time_ns=event.timestamp, attributes=_attributes(event.attributes))
            for event in readable.events
        ),
        links=tuple(
            SpanLink(
                trace_id=format_trace_id(link.context.trace_id),
                span_id=format_span_id(link.context.span_id),
                attributes=_attributes(link.attributes),
            )
            for link in readable.links
        ),
        resource=_attributes(readable.resource.attributes),
        scope="" if readable.instrumentation_scope is None else readable.instrumentation_scope.name,
    )


class _Provider(TracerProvider):
    """The SDK's provider without its last switch that reads the environment."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._disabled = False  # OTEL_SDK_DISABLED would silently lose every span


class _SynchronousProcessor(SpanProcessor):
    """Exports each span in the thread that ends it; the SDK's own processor hides what fails."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def on_end(self, span: ReadableSpan) -> None:
        self._exporter.export((span,))

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _span_limits() -> SpanLimits:
    # Each is given: one that is left out would be read from the environment.
    return SpanLimits(
        max_attributes=_MANY,
        max_events=_MANY,
        max_links=_MANY,
        max_span_attributes=_MANY,
        max_event_attributes=_MANY,
        max_link_attributes=_MANY,
        max_attribute_length=SpanLimits.UNSET,
        max_span_attribute_length=SpanLimits.UNSET,
    )


def _attributes(attributes: Mapping[str, Any] | None) -> Attributes:
    return {key: _value(value) for key, value in (attributes or {}).items() if value is not None}


def _value(value: Any) -> AttributeValue:
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, tuple) and _is_of_one_type(value):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_of_one_type(values: tuple[object, ...]) -> bool:
    kinds = {type(value) for value in values}
    return not kinds or (len(kinds) == 1 and kinds <= {str, bool, int, float})


def _id_number(text: str, *, digits: int) -> int:
    number = int(text, 16) if re.fullmatch(f"[0-9a-f]{{{digits}}}", text) else 0
    if number == 0:
        raise ValueError(f"{text!r} is no id of {digits} lower-case hexadecimal digits")
    return number
