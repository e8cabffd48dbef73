"""Giving a span today's names: what all dialects do alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from traces import attributes as names
from traces.dialects.json_text import json_of, json_text
from traces.read_attributes import text_of
from traces.span import Attributes, AttributeValue, Span

_LARGEST = 2**53  # tokens: sums of them still fit into 64 bits
_EXCEPTION = "exception"  # the event's name, after OpenTelemetry's conventions


def rewritten(
    span: Span,
    found: Mapping[str, AttributeValue | None],
    *,
    source: str = "",
    drop: tuple[str, ...] = (),
) -> Span:
    """The span with ``found`` over its attributes, ``None`` and empty ones left out.

    ``drop`` names prefixes of attributes that ``found`` has made superfluous. ``source`` says whose span it
    was. An exception that the span recorded becomes its error.
    """
    kept = (
        {key: value for key, value in span.attributes.items() if not key.startswith(drop)}
        if drop
        else {**span.attributes}
    )
    kept |= {key: value for key, value in found.items() if value is not None and value not in ("", ())}
    if source:
        kept[names.SOURCE] = source
    message = span.status_message
    if span.status == "error":
        recorded = exception_of(span)
        message = text_of(recorded, "exception.message") or message
        if text_of(recorded, "exception.type"):
            kept.setdefault(names.ERROR_TYPE, text_of(recorded, "exception.type"))
    return replace(span, attributes=kept, status_message=message)


def aside(span: Span, why: str, found: Mapping[str, AttributeValue | None] | None = None) -> Span:
    """The span as one that is no step of its run, with the reason."""
    done = rewritten(span, {**(found or {}), names.ASIDE: why})
    return replace(done, attributes={k: v for k, v in done.attributes.items() if k != names.OPERATION})


def exception_of(span: Span) -> Attributes:
    """What the last exception that the span recorded says of itself."""
    return next((event.attributes for event in reversed(span.events) if event.name == _EXCEPTION), {})


def messages_text(messages: Collection[object]) -> str | None:
    """Messages as the JSON text that an attribute holds; ``None`` for none."""
    return json_text(list(messages)) or None if messages else None


def texts(value: AttributeValue | None) -> tuple[str, ...]:
    """A list of texts, also where it came as the JSON text of a list or as one text."""
    if isinstance(value, tuple):
        return tuple(str(item) for item in value)
    parsed = json_of(value) if isinstance(value, str) and value.startswith("[") else None
    if isinstance(parsed, list):
        return tuple(str(item) for item in parsed)
    return (value,) if isinstance(value, str) and value else ()


def first_of(attributes: Attributes, *keys: str) -> AttributeValue | None:
    """The first of the attributes that is there and says something."""
    return next((attributes[key] for key in keys if attributes.get(key) not in (None, "")), None)


def whole(value: AttributeValue | None) -> int | None:
    """A count, also where it came as text, cut to what an index can hold; ``None`` for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return min(_LARGEST, max(0, int(value if isinstance(value, int) else float(value))))
    except (ValueError, OverflowError):
        return None
