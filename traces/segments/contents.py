"""What is in a segment: counted record by record."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from traces.errors import SegmentError
from traces.segments.blocks import Block, OpenSegment
from traces.segments.packed import Contents
from traces.segments.record import payload_of

_BLOCK_BYTES = 1 << 20


def contents_of(segment: OpenSegment) -> Contents:
    """The spans, times and traces of all good records of a segment; raises ``OSError``."""
    tally = ContentsTally()
    for block in segment.blocks(0, max_bytes=_BLOCK_BYTES):
        tally.take(block)
    return tally.contents


class ContentsTally:
    """Counts what is in blocks as they come."""

    def __init__(self) -> None:
        self._spans = 0
        self._first_ns: int | None = None
        self._last_ns = 0
        self._traces: set[str] = set()

    @property
    def contents(self) -> Contents:
        """What was counted so far; without spans the times are 0."""
        return Contents(
            spans=self._spans,
            first_ns=self._first_ns or 0,
            last_ns=self._last_ns,
            traces=frozenset(self._traces),
        )

    def take(self, block: Block) -> None:
        """Count the good records of a block."""
        for trace_id, start_ns, end_ns in _heads(block.content or b""):
            self._spans += 1
            self._traces.add(trace_id)
            self._first_ns = start_ns if self._first_ns is None else min(self._first_ns, start_ns)
            self._last_ns = max(self._last_ns, end_ns)


def _heads(content: bytes) -> Iterator[tuple[str, int, int]]:
    for line in content.split(b"\n")[:-1]:
        try:
            _, payload = payload_of(line)
            record = orjson.loads(payload)
            yield record["trace"], int(record["start"]), int(record["end"])
        except (SegmentError, ValueError, KeyError, TypeError):
            continue  # whoever reads the spans reports it
