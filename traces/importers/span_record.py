"""A span that stands in a JSON object, under whichever of their names formats give its parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from traces import attributes as names
from traces.foreign import file_foreign
from traces.ids import derived_span_id, derived_trace_id
from traces.importers.moments import duration_of, moment_of
from traces.otlp.enums import kind_of, status_of
from traces.otlp.json_values import read_attributes
from traces.otlp.values import from_list, to_json_text
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanKind, SpanLink, StatusCode

Record = Mapping[str, Any]

_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_JAVASCRIPT_KINDS: Final[tuple[SpanKind, ...]] = ("internal", "server", "client", "producer", "consumer")
_NAMESPACES: Final = frozenset(
    {"llm", "input", "output", "tool", "gen_ai", "openinference", "session", "agent", "ai"}
)
_STRUCTURES: Final = ("arguments", "result", "messages", "parameters", "json_schema", "definitions", "value")
_DEEPEST: Final = 12
_SIGNS: Final = (
    "openinference.span.kind",
    "gen_ai.operation.name",
    "gen_ai.system",
    "traceloop.span.kind",
    "ai.operationId",
)


def looks_like_span(record: object) -> bool:
    """Whether the object is a span with ids, or the bare attributes of one."""
    if not isinstance(record, dict):
        return False
    has_ids = _trace_text(record) is not None and _span_text(record) is not None
    return (has_ids and _has_parts(record)) or is_bare(record)


def is_bare(record: Record) -> bool:
    """Whether the object is the attributes of a span that comes without ids and times."""
    return any(isinstance(record.get(sign), str) for sign in _SIGNS) and _span_text(record) is None


def span_of(record: Record, source: str, *, trace: str = "", parent: str = "") -> Span | None:
    """The span of an object, what is not ours to claim filed apart; ``None`` where it has no id and no content.

    ``trace`` and ``parent`` are the ids that an enclosing object gives. Ids that are not hexadecimal ones of
    the usual length become derived ones, and the span keeps the ones it came with.
    """
    if is_bare(record):
        return _bare_span(record, source)
    trace_text, span_text = _trace_text(record) or trace, _span_text(record)
    if not trace_text or not span_text:
        return None
    trace_id = hexadecimal(trace_text, 32) or derived_trace_id(source, trace_text)
    start, end = _times(record)
    status, message = _status(record)
    span = Span(
        trace_id=trace_id,
        span_id=span_id_of(trace_id, span_text),
        parent_id=_parent_id(trace_id, _parent_text(record) or parent),
        name=_text(_first(record, "name", "span_name", "operationName")),
        start_ns=start,
        end_ns=end,
        kind=_kind(record),
        status=status,
        status_message=message,
        attributes=_attributes(record),
        events=tuple(_events(record)),
        links=tuple(_links(record)),
        resource=_resource(record),
        scope=_scope(record),
    )
    return with_origin(file_foreign(span), trace_text, span_text)


def hexadecimal(text: str, digits: int) -> str | None:
    """The id as that many lower-case digits, short ones (some writers drop zeros) filled up; ``None`` for another."""
    found = text.strip().lower().removeprefix("0x").replace("-", "")
    if not found or len(found) > digits or not _HEXADECIMAL.issuperset(found):
        return None
    # A short number in a field of ids is a number, not an id with its zeros dropped, but it identifies as well.
    filled = found.zfill(digits)
    return filled if filled.strip("0") else None


def plain_attributes(record: Record) -> dict[str, AttributeValue]:
    """Attributes of a plain object; nested objects of the known namespaces become dotted names, others JSON text."""
    found: dict[str, AttributeValue] = {}
    for key, value in record.items():
        flat = _flattened(key, value, 0) if key in _NAMESPACES else ((key, value),)
        for name, item in flat:
            read = _value(item)
            if read is not None:
                found[name] = read
    return found


def _flattened(name: str, value: object, depth: int) -> Iterator[tuple[str, object]]:
    if depth > _DEEPEST or (name.rpartition(".")[2] in _STRUCTURES and depth > 1):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flattened(f"{name}.{key}", item, depth + 1)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from _flattened(f"{name}.{number}", item, depth + 1)
    else:
        yield name, value


def _value(value: object) -> AttributeValue | None:
    if isinstance(value, list):
        return from_list(value)
    if isinstance(value, dict):
        return json_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return str(value)[:100] if value.bit_length() < 10_000 else "a very large number"
    return value if isinstance(value, (str, bool, int, float)) else None


def json_text(value: object) -> str:
    """Compact JSON, also of what strict writers refuse."""
    try:
        return to_json_text(value)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _bare_span(record: Record, source: str) -> Span:
    content = json_text(record)
    trace_id = derived_trace_id(source, content)
    attributes = plain_attributes(record)
    name = attributes.get(names.OPERATION) or attributes.get("openinference.span.kind") or "span"
    return file_foreign(
        Span(
            trace_id=trace_id,
            span_id=derived_span_id(trace_id, "span"),
            parent_id=None,
            name=str(name),
            start_ns=0,
            end_ns=0,
            attributes=attributes,
        )
    )


def with_origin(span: Span, trace_text: str, span_text: str) -> Span:
    """The ids that a span came with, where its own are derived ones."""
    origin: dict[str, AttributeValue] = {}
    if hexadecimal(trace_text, 32) is None:
        origin[names.SOURCE_TRACE] = trace_text
    if hexadecimal(span_text, 16) is None:
        origin[names.SOURCE_SPAN] = span_text
    return replace(span, attributes={**span.attributes, **origin}) if origin else span


def span_id_of(trace_id: str, text: str) -> str:
    """The id of a span, derived where the text is no id of 16 digits."""
    return hexadecimal(text, 16) or derived_span_id(trace_id, "span", text)


def _parent_id(trace_id: str, text: str | None) -> str | None:
    if not text or not text.strip("0"):
        return None
    return span_id_of(trace_id, text)


def _has_parts(record: Record) -> bool:
    return any(
        name in record for name in ("attributes", "span_attributes", "start_time", "startTime")
    ) or any(key.startswith("attributes.") for key in record)


def _trace_text(record: Record) -> str | None:
    return _id_text(record, ("traceId", "trace_id", "traceID", "context.trace_id"))


def _span_text(record: Record) -> str | None:
    found = _id_text(record, ("spanId", "span_id", "spanID", "context.span_id"))
    # OpenTelemetry's JavaScript console exporter calls it "id".
    return found or (_id_text(record, ("id",)) if "traceId" in record else None)


def _parent_text(record: Record) -> str | None:
    found = _id_text(
        record, ("parentSpanId", "parent_span_id", "parent_id", "parentId", "parentSpanID"), own=True
    )
    parent = record.get("parentSpanContext")
    return found or (_id_text(parent, ("spanId", "span_id")) if isinstance(parent, dict) else None)


def _id_text(record: Record, keys: tuple[str, ...], *, own: bool = False) -> str | None:
    context = _first(record, "spanContext", "context")
    for place in (record, context if isinstance(context, dict) and not own else {}):
        for key in keys:
            value = place.get(key)
            if isinstance(value, str) and value:
                return value
    return None


def _times(record: Record) -> tuple[int, int]:
    start = moment_of(
        _first(record, "startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime", "timestamp")
    )
    end = moment_of(_first(record, "endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime"))
    duration = duration_of(record.get("duration"))
    if end is None and start is not None and duration is not None:
        end = start + duration
    return start or end or 0, end or start or 0


def _kind(record: Record) -> SpanKind:
    value = _first(record, "kind", "span_kind")
    if isinstance(value, int) and ("spanContext" in record or "id" in record):
        return _JAVASCRIPT_KINDS[value] if 0 <= value < len(_JAVASCRIPT_KINDS) else "internal"
    return kind_of(value.removeprefix("SpanKind.") if isinstance(value, str) else value)


def _status(record: Record) -> tuple[StatusCode, str]:
    value = record.get("status")
    found = value if isinstance(value, dict) else {"code": value}
    code = _first(found, "code", "status_code", "statusCode")
    if code is None:
        code = record.get("status_code")
    message = _first(found, "message", "description") or record.get("status_message")
    return status_of(code.removeprefix("StatusCode.") if isinstance(code, str) else code), _text(message)


def _attributes(record: Record) -> Attributes:
    value = _first(record, "attributes", "span_attributes")
    if isinstance(value, list):
        return read_attributes(value)
    found = plain_attributes(value) if isinstance(value, dict) else {}
    flat = {
        key.removeprefix("attributes."): item for key, item in record.items() if key.startswith("attributes.")
    }
    return {**found, **plain_attributes(flat)}


def _events(record: Record) -> Iterator[SpanEvent]:
    events = record.get("events")
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict):
            attributes = _first(event, "attributes", "Attributes")
            yield SpanEvent(
                name=_text(_first(event, "name", "Name")),
                time_ns=moment_of(_first(event, "timestamp", "Timestamp", "time", "timeUnixNano")) or 0,
                attributes=plain_attributes(attributes)
                if isinstance(attributes, dict)
                else read_attributes(attributes),
            )


def _links(record: Record) -> Iterator[SpanLink]:
    links = record.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict):
            trace_id = hexadecimal(_trace_text(link) or "", 32)
            span_id = hexadecimal(_span_text(link) or "", 16)
            if trace_id and span_id:
                yield SpanLink(trace_id=trace_id, span_id=span_id)


def _resource(record: Record) -> Attributes:
    value = _first(record, "resource_attributes", "resource")
    if isinstance(value, dict) and isinstance(value.get("attributes"), (dict, list)):
        value = value["attributes"]
    found = (
        read_attributes(value)
        if isinstance(value, list)
        else plain_attributes(value if isinstance(value, dict) else {})
    )
    service = record.get("service_name")
    return {"service.name": service, **found} if isinstance(service, str) and service else found


def _scope(record: Record) -> str:
    value = _first(record, "scope", "instrumentationScope", "instrumentation_scope", "instrumentationLibrary")
    return _text(value.get("name") if isinstance(value, dict) else _first(record, "scope_name"))


def _first(record: Record, *keys: str) -> Any:
    return next((record[key] for key in keys if record.get(key) is not None), None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
