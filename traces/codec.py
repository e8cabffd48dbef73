"""Spans as JSON and back: what a segment stores of a span."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

import orjson

from traces.errors import SegmentError
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanKind, SpanLink, StatusCode

_T = TypeVar("_T")
_KINDS = frozenset(get_args(SpanKind))
_STATUSES = frozenset(get_args(StatusCode))
_FLOAT = "float"  # a tag for the floats that JSON has no word for: {"float": "nan"}
_INT = "int"  # a tag for the whole numbers that 64 bits do not hold: {"int": "0x10000000000000000"}
_AS_THEY_ARE = frozenset((str, int, bool))

_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_LEAST, _MOST = -(2**63), 2**64 - 1  # what the JSON library writes and reads as whole numbers
_INEXACT = 2.0**63  # whole numbers beyond 64 bits are read as floats from here on


def encode_span(span: Span) -> bytes:
    """A span as one line of UTF-8 JSON without a line break; equal spans give equal bytes.

    Every span comes back equal from ``decode_span``, but for halves of surrogate pairs, which no
    UTF-8 text can hold: they become U+FFFD. Equal here means: of the same types and with attributes in
    the same order. Raises ``SegmentError`` for a value that is no attribute.
    """
    try:
        record = span_to_json(span)
        try:
            return orjson.dumps(record, option=_OPTIONS)
        except TypeError:  # a lone surrogate, or a number beyond 64 bits: rare, so looked for only now
            return orjson.dumps(_storable(record), option=_OPTIONS)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SegmentError(f"span {span.span_id} cannot be stored: {error}") from error


def decode_span(line: bytes) -> Span:
    """The span of a line that ``encode_span`` wrote; raises ``SegmentError`` for anything else."""
    try:
        try:
            return span_from_json(orjson.loads(line))
        except _InexactError:  # written before such numbers were tagged
            return span_from_json(json.loads(line), exact=True)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SegmentError(f"not a stored span: {error!r}") from error


def span_to_json(span: Span) -> dict[str, object]:
    """A span as a JSON object; fields that hold nothing are left out. Raises ``TypeError``."""
    record: dict[str, object] = {"trace": span.trace_id, "span": span.span_id}
    if span.parent_id:
        record["parent"] = span.parent_id
    if span.name:
        record["name"] = span.name
    record["start"] = span.start_ns
    record["end"] = span.end_ns
    record["kind"] = span.kind
    record["status"] = span.status
    if span.status_message:
        record["message"] = span.status_message
    if span.attributes:
        record["attributes"] = _attributes_to_json(span.attributes)
    if span.events or span.links:
        record |= _events_and_links_to_json(span)
    if span.resource:
        record["resource"] = _attributes_to_json(span.resource)
    if span.scope:
        record["scope"] = span.scope
    return record


def span_from_json(record: Mapping[str, Any], *, exact: bool = False) -> Span:
    """The span of a JSON object; raises ``KeyError``, ``TypeError`` or ``ValueError`` for no span.

    ``exact`` says that a large float is one, not a whole number that the parser had no room for.
    """
    get = record.get
    trace, span, name = record["trace"], record["span"], get("name", "")
    message, scope = get("message", ""), get("scope", "")
    if not type(trace) is type(span) is type(name) is type(message) is type(scope) is str:
        raise TypeError(f"one of {trace!r}, {span!r}, {name!r}, {message!r} and {scope!r} is no text")
    start, end = record["start"], record["end"]
    if not type(start) is type(end) is int:
        start, end = _whole(start, exact=exact), _whole(end, exact=exact)
    # What the constructor of a frozen dataclass does, in a quarter of its time: all that is read of
    # segments passes here. One by one, since so all spans share their keys.
    made = Span.__new__(Span)
    fields = made.__dict__
    fields["trace_id"] = trace
    fields["span_id"] = span
    fields["parent_id"] = _text(record["parent"]) if "parent" in record else None
    fields["name"] = name
    fields["start_ns"] = start
    fields["end_ns"] = end
    fields["kind"] = _one_of(_KINDS, get("kind", "internal"))
    fields["status"] = _one_of(_STATUSES, get("status", "unset"))
    fields["status_message"] = message
    fields["attributes"] = _attributes(get("attributes", {}), exact=exact)
    fields["events"] = _each(_event_from_json, record["events"], exact=exact) if "events" in record else ()
    fields["links"] = _each(_link_from_json, record["links"], exact=exact) if "links" in record else ()
    fields["resource"] = _attributes(get("resource", {}), exact=exact)
    fields["scope"] = scope
    return made


def mend(text: str) -> str:
    """The text with its surrogate pairs joined and their lone halves replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class _InexactError(Exception):
    """A number may have lost digits while it was parsed."""


def _attributes_to_json(attributes: Attributes) -> dict[str, Any]:
    if type(attributes) is dict and _AS_THEY_ARE.issuperset(map(type, attributes.values())):
        return attributes
    return {key: _value_to_json(value) for key, value in attributes.items()}


def _value_to_json(value: object) -> object:
    if isinstance(value, (tuple, list)):
        return [_scalar_to_json(item) for item in value]
    return _scalar_to_json(value)


def _scalar_to_json(value: object) -> object:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {_FLOAT: str(float(value))}
    if isinstance(value, (str, int)):
        return value
    raise TypeError(f"{type(value).__name__} is no attribute value")


def _storable(value: object) -> object:
    if isinstance(value, str):
        return mend(str.__str__(value))
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return {_INT: hex(value)}
    if isinstance(value, dict):
        return {_storable_key(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


def _storable_key(key: object) -> str:
    if isinstance(key, str):
        return mend(str.__str__(key))
    raise TypeError(f"{key!r} is no attribute name")


def _events_and_links_to_json(span: Span) -> dict[str, object]:
    record: dict[str, object] = {}
    if span.events:
        record["events"] = [_event_to_json(event) for event in span.events]
    if span.links:
        record["links"] = [_link_to_json(link) for link in span.links]
    return record


def _event_to_json(event: SpanEvent) -> dict[str, object]:
    return {"name": event.name, "time": event.time_ns, "attributes": _attributes_to_json(event.attributes)}


def _event_from_json(record: Mapping[str, Any], *, exact: bool) -> SpanEvent:
    return SpanEvent(
        name=_text(record["name"]),
        time_ns=_whole(record["time"], exact=exact),
        attributes=_attributes(record["attributes"], exact=exact),
    )


def _link_to_json(link: SpanLink) -> dict[str, object]:
    return {
        "trace": link.trace_id,
        "span": link.span_id,
        "attributes": _attributes_to_json(link.attributes),
    }


def _link_from_json(record: Mapping[str, Any], *, exact: bool) -> SpanLink:
    return SpanLink(
        trace_id=_text(record["trace"]),
        span_id=_text(record["span"]),
        attributes=_attributes(record["attributes"], exact=exact),
    )


def _each(read: Callable[..., _T], records: list[Any], *, exact: bool) -> tuple[_T, ...]:
    return tuple([read(record, exact=exact) for record in records])


def _attributes(record: dict[str, Any], *, exact: bool) -> Attributes:
    if _AS_THEY_ARE.issuperset(map(type, record.values())):
        return record
    return {key: _value(value, exact=exact) for key, value in record.items()}


def _value(value: Any, *, exact: bool) -> AttributeValue:
    if isinstance(value, list):
        return tuple(_scalar(item, exact=exact) for item in value)  # type: ignore[return-value]  # of one type
    return _scalar(value, exact=exact)


def _scalar(value: Any, *, exact: bool) -> str | bool | int | float:
    if isinstance(value, float):
        if abs(value) >= _INEXACT and not exact:
            raise _InexactError
        return value
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dict):
        return float(value[_FLOAT]) if _FLOAT in value else int(value[_INT], 16)
    raise TypeError(f"{type(value).__name__} is no attribute value")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"{value!r} is no text")


def _whole(value: Any, *, exact: bool) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return int(value[_INT], 16)
    if isinstance(value, float) and not exact:
        raise _InexactError
    raise TypeError(f"{value!r} is no whole number")


def _one_of(choices: frozenset[str], value: object) -> Any:
    if value in choices:
        return value
    raise ValueError(f"{value!r} is none of {', '.join(sorted(choices))}")
