"""Verifying a folder: every record of every segment is read once."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from traces.segments.blocks import OpenSegment
from traces.segments.names import name_of, segment_paths
from traces.segments.opening import open_segment
from traces.segments.packed import PackedSegment
from traces.segments.record import DamageReport, records_in

State = Literal["live", "closed", "compressed"]
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class SegmentCheck:
    """What one segment holds. ``records`` counts whole and damaged ones, ``spans`` the whole ones.

    ``places`` names all that is damaged. ``bytes`` is the file's size, ``unpacked_bytes`` its content's.
    """

    name: str
    state: State
    bytes: int
    unpacked_bytes: int
    records: int
    spans: int
    traces: int
    torn: int
    corrupt: int
    bad_frames: int
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VerifyReport:
    """What was found in each segment of a folder, in the order of reading.

    ``duplicates`` counts the spans whose trace and span id another one before them has: a run that is
    imported again as it grows has some, so they are no fault. ``traces`` counts those of all segments.
    """

    segments: tuple[SegmentCheck, ...]
    duplicates: int
    traces: int

    @property
    def spans(self) -> int:
        """All whole records."""
        return sum(segment.spans for segment in self.segments)

    @property
    def ok(self) -> bool:
        """Whether all that was ever written can be read: nothing torn, nothing corrupt."""
        return not any(segment.places for segment in self.segments)


def verify(folder: Path) -> VerifyReport:
    """Read all segments of a folder to their ends; raises ``SegmentError`` where a file cannot be read."""
    ids, traces = _Ids(), _Ids()
    checks = []
    for path in segment_paths(folder):
        try:
            with open_segment(path) as segment:
                checks.append(_check(name_of(path), segment, ids, traces))
        except FileNotFoundError:
            continue  # deleted meanwhile
    return VerifyReport(
        segments=tuple(checks), duplicates=ids.count - ids.distinct(), traces=traces.distinct()
    )


class _Ids:
    """Counts distinct texts in eight bytes for each, by digests of 64 bits."""

    def __init__(self) -> None:
        self._digests = bytearray()

    @property
    def count(self) -> int:
        return len(self._digests) // 8

    def add(self, text: str) -> None:
        self._digests += hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()

    def distinct(self) -> int:
        return len(np.unique(np.frombuffer(bytes(self._digests), np.uint64)))


def _check(name: str, segment: OpenSegment, ids: _Ids, all_traces: _Ids) -> SegmentCheck:
    damage = DamageReport()
    traces: set[str] = set()
    spans = unpacked = 0
    for block in segment.blocks(0, max_bytes=_BLOCK_BYTES):
        unpacked = block.end
        for record in records_in(block, name=name, damage=damage):
            ids.add(record.span.trace_id + record.span.span_id)
            traces.add(record.span.trace_id)
            spans += 1
    for trace_id in traces:
        all_traces.add(trace_id)
    _check_table(name, segment, spans=spans, traces=traces, damage=damage)
    return SegmentCheck(
        name=name,
        state=_state(segment),
        bytes=os.fstat(segment.file).st_size,
        unpacked_bytes=unpacked,
        records=spans + damage.total - damage.frames,
        spans=spans,
        traces=len(traces),
        torn=damage.torn,
        corrupt=damage.corrupt - damage.frames,
        bad_frames=damage.frames,
        places=tuple(damage.places),
    )


def _check_table(
    name: str, segment: OpenSegment, *, spans: int, traces: set[str], damage: DamageReport
) -> None:
    if not isinstance(segment, PackedSegment):
        return
    contents = segment.contents()
    matches = contents is not None and (
        damage.frames or (contents.spans, contents.traces) == (spans, frozenset(traces))
    )
    if not segment.whole_table or not matches:
        damage.enter(f"{name}@table", frame=True)


def _state(segment: OpenSegment) -> State:
    if isinstance(segment, PackedSegment):
        return "compressed"
    return "live" if segment.live else "closed"
