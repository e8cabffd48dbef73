"""Traces as Grafana Tempo's query API gives them: OTLP under ``batches``, with names for enums and old names of scopes."""

from __future__ import annotations

from collections.abc import Iterator

from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, load_document
from traces.importers.otlp_content import read_otlp_json
from traces.importers.read_json import items, mapping, to_json
from traces.span import Span

_SCOPES = ("scopeSpans", "instrumentationLibrarySpans", "resource")


class Tempo:
    """``{"batches": [...]}``, or that within ``{"trace": ...}`` as version 2 of the API has it."""

    name = "tempo"

    def recognises(self, source: Source) -> bool:
        """Whether the document has batches that hold spans."""
        if b'"batches"' not in source.head and b'"trace"' not in source.head[:200]:
            return False
        batches = _batches(beginning_of(source))
        return bool(batches) and any(name in mapping(batches[0]) for name in _SCOPES)

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of all batches, one batch after another."""
        document = load_document(source)
        for batch in _batches(document.value):
            yield from read_otlp_json(to_json({"resourceSpans": [batch]}).encode(errors="replace"), 0)
        if document.skipped is not None:
            yield document.skipped


def _batches(value: object) -> list[object]:
    found = mapping(value)
    inner = mapping(found.get("trace"))
    return items(found.get("batches")) or items(inner.get("batches")) or items(inner.get("resourceSpans"))
