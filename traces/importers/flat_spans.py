"""Spans as plain JSON objects, one a line or in one list: what SDKs' console exporters, viewers and datasets write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, Final

from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, has_lines, load_document
from traces.importers.json_lines import Line, read_lines
from traces.importers.span_record import looks_like_span, span_of
from traces.span import Span
from traces.translate import translate_spans

_NO_SPAN: Final = "an object that is no span"
_BATCH: Final = 100
_LISTS: Final = ("spans", "data")


class FlatSpans:
    """Objects with the ids, times and attributes of a span under any of the usual names.

    Known so: the Python and JavaScript SDKs' console exporters, exports of Phoenix, flattened OTLP as
    datasets have it (``SPAN_KIND_*``, ISO times), and the bare attributes of OpenInference and GenAI spans.
    """

    name = "flat-spans"

    def recognises(self, source: Source) -> bool:
        """Whether the first object is a span."""
        if not any(
            sign in source.head for sign in (b"pan_id", b"panId", b"traceId", b"pan.kind", b"operation.name")
        ):
            return False
        found = _listed(beginning_of(source))
        return bool(found) and looks_like_span(found[0])

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans, in batches so that what belongs together is translated together."""
        batch: list[Span] = []
        for item in _records(source):
            span = item if isinstance(item, Skipped) else span_of(item.value, self.name)
            if isinstance(span, Span):
                batch.append(span)
            else:
                yield span or Skipped(line=item.number if isinstance(item, Line) else 0, reason=_NO_SPAN)
            if len(batch) >= _BATCH:
                yield from translate_spans(batch)
                batch = []
        yield from translate_spans(batch)


def _listed(value: object) -> list[object]:
    if isinstance(value, dict):
        found = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
        return found if found is not None and not looks_like_span(value) else [value]
    return value if isinstance(value, list) else []


def _records(source: Source) -> Iterator[Line | Skipped]:
    if has_lines(source):
        for item in read_lines(source):
            yield from (item,) if isinstance(item, Skipped) else _expanded(item.value, item.number)
        return
    if source.head.lstrip().startswith(b"{") and not _is_one(source):
        with source.open() as file:
            yield from _consecutive(file)
        return
    document = load_document(source)
    yield from _expanded(document.value, 0)
    if document.skipped is not None:
        yield document.skipped


def _expanded(value: object, number: int) -> Iterator[Line | Skipped]:
    for item in _listed(value):
        yield (
            Line(number=number, value=item)
            if isinstance(item, dict)
            else Skipped(line=number, reason=_NO_SPAN)
        )


def _is_one(source: Source) -> bool:
    """Whether the file is one document and not, as console exporters write, one pretty object after another."""
    return b"\n}\n{" not in source.head.replace(b"\r", b"")


def _consecutive(file: BinaryIO) -> Iterator[Line | Skipped]:
    """Objects over several lines, each of which begins and ends with a bracket in the first column."""
    lines: list[bytes] = []
    start = 0
    for number, line in enumerate(file, start=1):
        start = start if lines else number
        lines.append(line)
        if line.rstrip() == b"}":
            yield _parsed(b"".join(lines), start)
            lines = []
    if b"".join(lines).strip():
        yield _parsed(b"".join(lines), start)


def _parsed(content: bytes, number: int) -> Line | Skipped:
    try:
        value = json.loads(content.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return Skipped(line=number, reason=_NO_SPAN)
    return (
        Line(number=number, value=value) if isinstance(value, dict) else Skipped(line=number, reason=_NO_SPAN)
    )
