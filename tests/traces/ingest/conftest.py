"""Files to ingest, and a store to ingest them into."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from traces.codec import encode_span
from traces.ingest.storing import SpanId
from traces.segments import SegmentWriter, read_spans
from traces.span import Span


class Store:
    """A folder of segments, and what an index of them would know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.batches: list[int] = []

    def append_many(self, spans: Sequence[Span], /) -> None:
        """Write a batch to a segment of its own."""
        self.batches.append(len(spans))
        with SegmentWriter(self.folder) as writer:
            writer.append_many(spans)

    def known(self, ids: Sequence[SpanId]) -> Mapping[SpanId, frozenset[int]]:
        """The checksums of what is stored."""
        stored: dict[SpanId, frozenset[int]] = {}
        for span in self.spans():
            identity = span.trace_id, span.span_id
            stored[identity] = stored.get(identity, frozenset()) | {zlib.crc32(encode_span(span))}
        return {identity: stored[identity] for identity in ids if identity in stored}

    def spans(self) -> list[Span]:
        """All that is stored."""
        return list(read_spans(self.folder))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An empty folder for files to ingest."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def span_line(number: int, trace: str = "a" * 32, **attributes: Any) -> str:
    """A line of flat spans: a model call."""
    span = {
        "trace_id": trace,
        "span_id": f"{number + 1:016x}",
        "name": "chat",
        "start_time": 1_780_000_000,
        "attributes": {"gen_ai.operation.name": "chat", **attributes},
    }
    return json.dumps(span)


@pytest.fixture
def lines() -> Any:
    """Makes so many lines of flat spans."""
    return lambda count, **more: "".join(span_line(number, **more) + "\n" for number in range(count))
