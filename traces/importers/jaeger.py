"""Traces as Jaeger's query API and its UI's download give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from traces.foreign import file_foreign
from traces.ids import derived_trace_id
from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, load_document
from traces.importers.moments import MOST_NS
from traces.importers.read_json import items, mapping, text
from traces.importers.span_record import hexadecimal, plain_attributes, span_id_of, with_origin
from traces.otlp.enums import kind_of, status_of
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanLink, StatusCode
from traces.translate import translate_spans

_NO_SPAN: Final = "a span without an id"
_MICROSECOND: Final = 1000
_BATCH: Final = 500
# What Jaeger's translation of OpenTelemetry writes as tags, and a span has fields for.
_TRANSLATED: Final = frozenset(
    {"span.kind", "otel.status_code", "otel.status_description", "otel.scope.name", "otel.library.name"}
)


class Jaeger:
    """``{"data": [{"traceID", "spans": [...], "processes": {...}}]}``, times in microseconds."""

    name = "jaeger"

    def recognises(self, source: Source) -> bool:
        """Whether the document's first trace has spans with operations."""
        if b'"traceID"' not in source.head and b'"processes"' not in source.head:
            return False
        traces = _traces(beginning_of(source))
        return any("spans" in mapping(trace) or "operationName" in mapping(trace) for trace in traces)

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of all traces."""
        document = load_document(source)
        for trace in _traces(document.value):
            yield from self._read_trace(mapping(trace))
        if document.skipped is not None:
            yield document.skipped

    def _read_trace(self, trace: Mapping[str, Any]) -> Iterator[Span | Skipped]:
        resources = {key: _resource(process) for key, process in mapping(trace.get("processes")).items()}
        batch: list[Span] = []
        for item in items(trace.get("spans")):
            span = self._span(mapping(item), text(trace.get("traceID")), resources)
            if span is None:
                yield Skipped(line=0, reason=_NO_SPAN)
                continue
            batch.append(span)
            if len(batch) >= _BATCH:
                yield from translate_spans(batch)
                batch = []
        yield from translate_spans(batch)

    def _span(self, item: Mapping[str, Any], trace: str, resources: Mapping[str, Attributes]) -> Span | None:
        trace_text, span_text = text(item.get("traceID")) or trace, text(item.get("spanID"))
        if not trace_text or not span_text:
            return None
        trace_id = hexadecimal(trace_text, 32) or derived_trace_id(self.name, trace_text)
        tags = _tags(item.get("tags"))
        start = _nanoseconds(item.get("startTime"))
        status, message = _status(tags)
        parent, links = _references(item, trace_id)
        span = Span(
            trace_id=trace_id,
            span_id=span_id_of(trace_id, span_text),
            parent_id=parent,
            name=text(item.get("operationName")),
            start_ns=start,
            end_ns=min(start + _nanoseconds(item.get("duration")), MOST_NS),
            kind=kind_of(tags.get("span.kind")),
            status=status,
            status_message=message,
            attributes={key: value for key, value in tags.items() if key not in _TRANSLATED},
            events=tuple(_event(log) for log in items(item.get("logs")) if isinstance(log, dict)),
            links=links,
            resource=resources.get(text(item.get("processID"))) or _resource(item.get("process")),
            scope=str(tags.get("otel.scope.name", tags.get("otel.library.name", ""))),
        )
        return with_origin(file_foreign(span), trace_text, span_text)


def _traces(value: object) -> list[Any]:
    if isinstance(value, dict):
        data = value.get("data", value)
        return data if isinstance(data, list) else [data]
    return items(value)


def _references(item: Mapping[str, Any], trace_id: str) -> tuple[str | None, tuple[SpanLink, ...]]:
    """The parent, and links to all other spans that are referred to."""
    parent: str | None = None
    links: list[SpanLink] = []
    for reference in items(item.get("references")):
        found = mapping(reference)
        other_trace = hexadecimal(text(found.get("traceID")), 32) or trace_id
        other = text(found.get("spanID"))
        if not other:
            continue
        if parent is None and other_trace == trace_id and found.get("refType") != "FOLLOWS_FROM":
            parent = span_id_of(trace_id, other)
        else:
            links.append(SpanLink(trace_id=other_trace, span_id=span_id_of(other_trace, other)))
    old = text(item.get("parentSpanID")).strip("0")  # before references there was one parent
    if parent is None and old:
        parent = span_id_of(trace_id, text(item.get("parentSpanID")))
    return parent, tuple(links)


def _tags(value: object) -> dict[str, AttributeValue]:
    """Tags as attributes; whole numbers that a client wrote as texts become numbers."""
    found: dict[str, Any] = {}
    for tag in items(value):
        pair = mapping(tag)
        key = pair.get("key")
        if isinstance(key, str):
            found[key] = _typed(pair.get("type"), pair.get("value"))
    return plain_attributes(found)


def _typed(kind: object, value: Any) -> Any:
    if isinstance(value, str) and kind in ("int64", "float64") and len(value) < 32:
        try:
            return int(value) if kind == "int64" else float(value)
        except ValueError:
            return value
    return value


def _status(tags: Attributes) -> tuple[StatusCode, str]:
    status = status_of(tags.get("otel.status_code"))
    if status == "unset" and tags.get("error") in (True, "true"):
        status = "error"
    return status, str(tags.get("otel.status_description", ""))


def _event(log: Mapping[str, Any]) -> SpanEvent:
    fields = _tags(log.get("fields"))
    name = fields.pop("event", None) or fields.get("message") or "log"
    return SpanEvent(name=str(name), time_ns=_nanoseconds(log.get("timestamp")), attributes=fields)


def _resource(process: object) -> Attributes:
    found = mapping(process)
    service = text(found.get("serviceName"))
    return {**({"service.name": service} if service else {}), **_tags(found.get("tags"))}


def _nanoseconds(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**53:
        return 0
    return min(int(value * _MICROSECOND), MOST_NS)
