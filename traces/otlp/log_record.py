"""A log record as agents send their events."""

from __future__ import annotations

from dataclasses import dataclass, field

from traces.span import Attributes


@dataclass(frozen=True, kw_only=True)
class LogRecord:
    """One event of OTLP's logs signal.

    ``time_ns`` is when it happened, or when it was observed where the record says 0 (some agents do), in
    nanoseconds from the Unix epoch; 0 where neither is known. ``name`` is the attribute ``event.name``, else
    the record's event name. ``body`` is its text, or the JSON text of a structure. Nested attribute values
    are JSON texts. ``trace_id`` and ``span_id`` are empty where the record has none.
    """

    time_ns: int
    name: str
    body: str = ""
    attributes: Attributes = field(default_factory=dict)
    severity: str = ""
    trace_id: str = ""
    span_id: str = ""
    resource: Attributes = field(default_factory=dict)
    scope: str = ""
