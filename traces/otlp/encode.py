"""Spans as OTLP/JSON, for any other tool to read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import orjson

from traces.codec import mend
from traces.otlp.enums import KINDS, STATUSES
from traces.otlp.values import name_of_float
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanLink

_Object = dict[str, Any]
_KIND_NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {name: number for number, name in enumerate(KINDS) if number}
)


def encode_spans_json(spans: Sequence[Span]) -> bytes:
    """One ``ExportTraceServiceRequest`` on one line, grouped by resource and scope in order of appearance.

    Ids are hexadecimal, 64-bit numbers decimal strings and enums numbers, as OTLP/JSON has it; halves of
    surrogate pairs become U+FFFD. ``decode_spans`` gives the same spans back.
    """
    groups: dict[bytes, dict[str, list[_Object]]] = {}
    resources: dict[int, bytes] = {}  # many spans share one resource object
    for span in spans:
        resource = resources.get(id(span.resource))
        if resource is None:
            resource = resources[id(span.resource)] = _dump(_attributes(span.resource))
        groups.setdefault(resource, {}).setdefault(span.scope, []).append(_span(span))
    return _dump({"resourceSpans": [_group(resource, scopes) for resource, scopes in groups.items()]})


def _group(resource: bytes, scopes: dict[str, list[_Object]]) -> _Object:
    return {
        "resource": {"attributes": orjson.Fragment(resource)},
        "scopeSpans": [{"scope": {"name": scope}, "spans": spans} for scope, spans in scopes.items()],
    }


def _span(span: Span) -> _Object:
    found: _Object = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": _KIND_NUMBERS[span.kind],
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(span.end_ns),
        "attributes": _attributes(span.attributes),
        "events": [_event(event) for event in span.events],
        "links": [_link(link) for link in span.links],
        "status": {"code": STATUSES.index(span.status), "message": span.status_message},
    }
    if span.parent_id is not None:
        found["parentSpanId"] = span.parent_id
    return found


def _event(event: SpanEvent) -> _Object:
    return {
        "name": event.name,
        "timeUnixNano": str(event.time_ns),
        "attributes": _attributes(event.attributes),
    }


def _link(link: SpanLink) -> _Object:
    return {"traceId": link.trace_id, "spanId": link.span_id, "attributes": _attributes(link.attributes)}


def _attributes(attributes: Attributes) -> list[_Object]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: AttributeValue) -> _Object:
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value if math.isfinite(value) else name_of_float(value)}
    return {"arrayValue": {"values": [_value(item) for item in value]}}


def _dump(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a half of a surrogate pair, which no UTF-8 can hold
        return orjson.dumps(_mended(value))


def _mended(value: object) -> object:
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, dict):
        return {mend(key): _mended(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return value
