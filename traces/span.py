"""A span as this project stores it: frozen, in hexadecimal ids and nanoseconds, whatever its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

AttributeValue = (
    str | bool | int | float | tuple[str, ...] | tuple[bool, ...] | tuple[int, ...] | tuple[float, ...]
)
Attributes = Mapping[str, AttributeValue]
StatusCode = Literal["unset", "ok", "error"]
SpanKind = Literal["internal", "client", "server", "producer", "consumer"]


@dataclass(frozen=True, kw_only=True)
class SpanEvent:
    """Something that happened at one moment of a span; ``time_ns`` counts from the Unix epoch."""

    name: str
    time_ns: int
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SpanLink:
    """A reference to a span of this or another trace."""

    trace_id: str
    span_id: str
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Span:
    """One finished operation of a trace.

    ``trace_id`` has 32 and ``span_id`` 16 lower-case hexadecimal digits; ``start_ns`` and ``end_ns``
    count nanoseconds from the Unix epoch. ``parent_id`` is ``None`` for a root.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    start_ns: int
    end_ns: int
    kind: SpanKind = "internal"
    status: StatusCode = "unset"
    status_message: str = ""
    attributes: Attributes = field(default_factory=dict)
    events: tuple[SpanEvent, ...] = ()
    links: tuple[SpanLink, ...] = ()
    resource: Attributes = field(default_factory=dict)
    scope: str = ""
