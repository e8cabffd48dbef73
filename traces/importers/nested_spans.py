"""Traces as trees: spans that hold their children, as datasets of annotated traces have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, has_lines, load_document
from traces.importers.json_lines import Line, read_lines
from traces.importers.read_json import items, mapping, text
from traces.importers.span_record import span_of
from traces.span import Span
from traces.translate import translate_spans

_NO_SPAN: Final = "an object that is no span"
_CHILDREN: Final = ("child_spans", "children")
_BATCH: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Node:
    record: Any
    trace: str
    parent: str


class NestedSpans:
    """``{"trace_id", "spans": [{"span_id", ..., "child_spans": [...]}]}``, one document or one a line."""

    name = "nested-spans"

    def recognises(self, source: Source) -> bool:
        """Whether the first trace has spans that have a place for children."""
        if not any(f'"{name}"'.encode() in source.head for name in _CHILDREN):
            return False
        return any(
            any(name in mapping(span) for name in _CHILDREN) and "span_id" in mapping(span)
            for trace in _traces(beginning_of(source))
            for span in _roots(trace)
        )

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of all trees, parents before children."""
        for item in _documents(source):
            if isinstance(item, Skipped):
                yield item
            else:
                for trace in _traces(item):
                    yield from self._read_trace(trace)

    def _read_trace(self, trace: object) -> Iterator[Span | Skipped]:
        trace_id = text(mapping(trace).get("trace_id"))
        # A stack of its own: trees may be deeper than Python's.
        waiting = [_Node(record=span, trace=trace_id, parent="") for span in reversed(_roots(trace))]
        batch: list[Span] = []
        while waiting:
            node = waiting.pop()
            record = mapping(node.record)
            span = span_of(record, self.name, trace=node.trace, parent=node.parent)
            children = next((items(record[name]) for name in _CHILDREN if name in record), [])
            parent = text(record.get("span_id")) or node.parent
            waiting += [_Node(record=child, trace=node.trace, parent=parent) for child in reversed(children)]
            if span is None:
                yield Skipped(line=0, reason=_NO_SPAN)
            else:
                batch.append(span)
            if len(batch) >= _BATCH:
                yield from translate_spans(batch)
                batch = []
        yield from translate_spans(batch)


def _documents(source: Source) -> Iterator[object]:
    if has_lines(source):
        for item in read_lines(source):
            yield item.value if isinstance(item, Line) else item
        return
    document = load_document(source)
    yield document.value
    if document.skipped is not None:
        yield document.skipped


def _traces(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _roots(trace: object) -> list[Any]:
    found = mapping(trace)
    return items(found.get("spans")) if "spans" in found else [found] if "span_id" in found else []
