"""Storing spans in batches, each content once."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from traces.codec import encode_span
from traces.span import Span

BATCH_SPANS = 1000
BATCH_BYTES = 4 << 20
_REMEMBERED = 200_000  # spans of this ingest, which the index does not know yet: some 30 MB

SpanId = tuple[str, str]  # of the trace and of the span
Known = Callable[[Sequence[SpanId]], Mapping[SpanId, Collection[int]]]


class SpanWriter(Protocol):
    """Where spans go: a ``SegmentWriter``."""

    def append_many(self, spans: Sequence[Span], /) -> None:
        """Store the spans; when it returns they are durable."""
        ...


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What became of a batch."""

    stored: int = 0
    duplicate: int = 0


class Storing:
    """Collects spans to batches and stores what is new.

    ``known`` gives the checksums of records that are stored already, of all versions of a span. ``prepare`` (redaction) is done to each
    span before its checksum is taken and before the writer sees it: a writer that redacts must do no more.
    A span whose id is stored with another content is stored too: it may be a later state of it, and readers
    decide.
    """

    def __init__(
        self, writer: SpanWriter, known: Known, *, prepare: Callable[[Span], Span] | None = None
    ) -> None:
        self._writer = writer
        self._known = known
        self._prepare = prepare
        self._recent: OrderedDict[tuple[SpanId, int], None] = OrderedDict()
        self._batch: list[tuple[Span, int]] = []
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to ``flush``."""
        return len(self._batch) >= BATCH_SPANS or self._bytes >= BATCH_BYTES

    def add(self, span: Span) -> None:
        """Put the span into the batch. Raises ``SegmentError`` for one that cannot be stored."""
        span = span if self._prepare is None else self._prepare(span)
        record = encode_span(span)
        self._batch.append((span, zlib.crc32(record)))
        self._bytes += len(record)

    def flush(self) -> Stored:
        """Store the batch's new spans and begin another one."""
        batch, self._batch, self._bytes = self._batch, [], 0
        if not batch:
            return Stored()
        stored = self._known([_id_of(span) for span, _ in batch])
        fresh: list[Span] = []
        seen: set[tuple[SpanId, int]] = set()
        for span, checksum in batch:
            version = _id_of(span), checksum
            if (
                checksum not in stored.get(version[0], ())
                and version not in self._recent
                and version not in seen
            ):
                fresh.append(span)
                seen.add(version)
        if fresh:
            self._writer.append_many(fresh)
        self._remember(seen)
        return Stored(stored=len(fresh), duplicate=len(batch) - len(fresh))

    def _remember(self, seen: Collection[tuple[SpanId, int]]) -> None:
        self._recent.update(dict.fromkeys(seen))
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)


def _id_of(span: Span) -> SpanId:
    return span.trace_id, span.span_id
