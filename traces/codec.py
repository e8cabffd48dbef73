"""Spans as JSON and back: what a segment stores of a span."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, get_args

from traces.errors import SegmentError
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanKind, SpanLink, StatusCode

_KINDS = frozenset(get_args(SpanKind))
_STATUSES = frozenset(get_args(StatusCode))
_FLOAT = "float"  # a tag for the floats that JSON has no word for: {"float": "nan"}


def encode_span(span: Span) -> bytes:
    """A span as one line of UTF-8 JSON without a line break; equal spans give equal bytes.

    Every span comes back equal from ``decode_span``, but for halves of surrogate pairs, which no
    UTF-8 text can hold: they become U+FFFD. Raises ``SegmentError`` for a value that is no attribute.
    """
    record = span_to_json(span)
    try:
        try:
            text = _dump(record)
        except ValueError:  # a float that is not finite: rare, so looked for only now
            text = _dump(_tag_floats(record))
    except (TypeError, ValueError) as error:
        raise SegmentError(f"span {span.span_id} cannot be stored: {error}") from error
    return mend(text).encode()


def decode_span(line: bytes) -> Span:
    """The span of a line that ``encode_span`` wrote; raises ``SegmentError`` for anything else."""
    try:
        return span_from_json(json.loads(line))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SegmentError(f"not a stored span: {error!r}") from error


def span_to_json(span: Span) -> dict[str, object]:
    """A span as a JSON object; fields that hold nothing are left out."""
    record: dict[str, object] = {
        "trace": span.trace_id,
        "span": span.span_id,
        "parent": span.parent_id,
        "name": span.name,
        "start": span.start_ns,
        "end": span.end_ns,
        "kind": span.kind,
        "status": span.status,
        "message": span.status_message,
        "attributes": dict(span.attributes),
        "events": [_event_to_json(event) for event in span.events],
        "links": [_link_to_json(link) for link in span.links],
        "resource": dict(span.resource),
        "scope": span.scope,
    }
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}


def span_from_json(record: Mapping[str, Any]) -> Span:
    """The span of a JSON object; raises ``KeyError``, ``TypeError`` or ``ValueError`` for no span."""
    return Span(
        trace_id=_text(record["trace"]),
        span_id=_text(record["span"]),
        parent_id=_text(record["parent"]) if "parent" in record else None,
        name=_text(record.get("name", "")),
        start_ns=_whole(record["start"]),
        end_ns=_whole(record["end"]),
        kind=_one_of(_KINDS, record.get("kind", "internal")),
        status=_one_of(_STATUSES, record.get("status", "unset")),
        status_message=_text(record.get("message", "")),
        attributes=_attributes(record.get("attributes", {})),
        events=tuple(_event_from_json(event) for event in record.get("events", ())),
        links=tuple(_link_from_json(link) for link in record.get("links", ())),
        resource=_attributes(record.get("resource", {})),
        scope=_text(record.get("scope", "")),
    )


def mend(text: str) -> str:
    """The text with its surrogate pairs joined and their lone halves replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _dump(record: object) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _tag_floats(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return {_FLOAT: str(value)}
    if isinstance(value, dict):
        return {key: _tag_floats(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tag_floats(item) for item in value]
    return value


def _event_to_json(event: SpanEvent) -> dict[str, object]:
    return {"name": event.name, "time": event.time_ns, "attributes": dict(event.attributes)}


def _event_from_json(record: Mapping[str, Any]) -> SpanEvent:
    return SpanEvent(
        name=_text(record["name"]),
        time_ns=_whole(record["time"]),
        attributes=_attributes(record["attributes"]),
    )


def _link_to_json(link: SpanLink) -> dict[str, object]:
    return {"trace": link.trace_id, "span": link.span_id, "attributes": dict(link.attributes)}


def _link_from_json(record: Mapping[str, Any]) -> SpanLink:
    return SpanLink(
        trace_id=_text(record["trace"]),
        span_id=_text(record["span"]),
        attributes=_attributes(record["attributes"]),
    )


def _attributes(record: Mapping[str, Any]) -> Attributes:
    return {key: _value(value) for key, value in record.items()}


def _value(value: Any) -> AttributeValue:
    if isinstance(value, list):
        return tuple(_scalar(item) for item in value)  # type: ignore[return-value]  # lists are of one type
    return _scalar(value)


def _scalar(value: Any) -> str | bool | int | float:
    if isinstance(value, dict):
        return float(value[_FLOAT])
    if isinstance(value, (str, bool, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} is no attribute value")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"{value!r} is no text")


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} is no whole number")


def _one_of(choices: frozenset[str], value: object) -> Any:
    if value in choices:
        return value
    raise ValueError(f"{value!r} is none of {', '.join(sorted(choices))}")
