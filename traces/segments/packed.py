"""A compressed segment: independent zstd frames of whole lines, and behind them a table of where they are.

The table is in a last skippable frame, so that any zstd tool unpacks the file into the plain segment::

    zstd frame … zstd frame | magic, size | contents, as JSON in zlib | table, as JSON | tail

The contents are ``[spans, first start, last end, [trace id, …]]``; the table is ``[[unpacked start, packed
start], …]``, with the ends as its last pair. The tail of 24 bytes holds the lengths of both, the CRC-32 of
each, and a mark. A damaged frame costs only itself; without the table the frames are found again by their own
headers.
"""

from __future__ import annotations

import itertools
import os
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
import zstandard

from traces.errors import SegmentError
from traces.segments.blocks import Block

FRAME_BYTES = 256 << 10
_LEVEL = 3
_MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x5e\x2a\x4d\x18"
_TAIL = struct.Struct("<IIII8s")
_MARK = b"segment1"
_LARGEST_FRAME = 1 << 30  # of unpacked bytes: a record has no limit of its own, a reader's memory has


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where a frame is: first and last offset of its content in the unpacked segment, and in the file."""

    start: int
    end: int
    packed_start: int
    packed_end: int


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What is in a closed segment: its spans, from the first start to the last end, and their traces."""

    spans: int
    first_ns: int
    last_ns: int
    traces: frozenset[str]


def pack_frame(content: bytes) -> bytes:
    """One frame, with its unpacked size and a checksum of its content."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True).compress(
        content
    )


def pack_table(frames: Sequence[Frame], contents: Contents) -> bytes:
    """The skippable frame that ends a compressed segment."""
    # Not in zstd: who looks for frames without the table must find none in it.
    traces = sorted(contents.traces)
    inside = zlib.compress(orjson.dumps([contents.spans, contents.first_ns, contents.last_ns, traces]))
    last = frames[-1] if frames else Frame(start=0, end=0, packed_start=0, packed_end=0)
    starts = [(frame.start, frame.packed_start) for frame in frames]
    table = orjson.dumps([*starts, (last.end, last.packed_end)])
    tail = _TAIL.pack(len(inside), len(table), zlib.crc32(inside), zlib.crc32(table), _MARK)
    body = inside + table + tail
    return _SKIPPABLE + struct.pack("<I", len(body)) + body


class PackedSegment:
    """A compressed segment, opened for reading; nobody writes to it any more."""

    live = False

    def __init__(self, file: int) -> None:
        self.file = file
        self._size = os.fstat(file).st_size
        self._tail = self._read_tail()
        self.whole_table = self._tail is not None
        frames = self._read_table()
        if frames is None:
            self.whole_table = False
            frames = list(_find_frames(os.pread(file, self._size, 0)))
        self.frames: Sequence[Frame] = frames
        self._starts = [frame.start for frame in frames]

    @property
    def unpacked_bytes(self) -> int:
        """The size of the plain segment."""
        return self.frames[-1].end if self.frames else 0

    def contents(self) -> Contents | None:
        """What the table says is inside; ``None`` where it is damaged."""
        if self._tail is None:
            return None
        inside_length, table_length, checksum, _ = self._tail
        packed = os.pread(self.file, inside_length, self._size - _TAIL.size - table_length - inside_length)
        if zlib.crc32(packed) != checksum:
            return None
        spans, first_ns, last_ns, traces = orjson.loads(zlib.decompress(packed))
        return Contents(spans=spans, first_ns=first_ns, last_ns=last_ns, traces=frozenset(traces))

    def blocks(self, start: int, *, max_bytes: int) -> Iterator[Block]:
        """From ``start``: as many frames as fit into ``max_bytes``, each damaged one by itself."""
        parts: list[bytes] = []
        begin = end = start
        for frame in self.frames[max(bisect_right(self._starts, start) - 1, 0) :]:
            if frame.end <= start:
                continue
            content = self._unpack(frame)
            if parts and (content is None or end - begin + len(content) > max_bytes):
                yield Block(start=begin, end=end, content=b"".join(parts))
                parts, begin = [], end
            if content is None:
                yield Block(start=begin, end=frame.end, content=None)
                begin = frame.end
            else:
                parts.append(content[max(start - frame.start, 0) :])
            end = frame.end
        if parts:
            yield Block(start=begin, end=end, content=b"".join(parts))

    def read(self, start: int, length: int) -> bytes:
        """The bytes from ``start``, all of one frame, as records are; raises ``SegmentError`` for a damaged one."""
        number = bisect_right(self._starts, start) - 1
        if number < 0:
            raise SegmentError("no frame is there")
        frame = self.frames[number]
        content = self._unpack(frame)
        if content is None:
            raise SegmentError("its frame is damaged")
        return content[start - frame.start : start - frame.start + length]

    def _unpack(self, frame: Frame) -> bytes | None:
        packed = os.pread(self.file, frame.packed_end - frame.packed_start, frame.packed_start)
        # Asked first: a damaged header may claim any size, and the memory for it.
        if _content_size(packed) != frame.end - frame.start:
            return None
        try:
            return zstandard.decompress(packed)
        except zstandard.ZstdError:
            return None

    def _read_tail(self) -> tuple[int, int, int, int] | None:
        raw = os.pread(self.file, _TAIL.size, max(self._size - _TAIL.size, 0))
        if len(raw) < _TAIL.size or not raw.endswith(_MARK):
            return None
        inside, table, inside_checksum, table_checksum, _ = _TAIL.unpack(raw)
        fits = inside + table + _TAIL.size <= self._size
        return (inside, table, inside_checksum, table_checksum) if fits else None

    def _read_table(self) -> list[Frame] | None:
        if self._tail is None:
            return None
        _, length, _, checksum = self._tail
        raw = os.pread(self.file, length, self._size - _TAIL.size - length)
        if zlib.crc32(raw) != checksum:
            return None
        pairs = orjson.loads(raw)
        return [
            Frame(start=start, end=end, packed_start=packed_start, packed_end=packed_end)
            for (start, packed_start), (end, packed_end) in itertools.pairwise(pairs)
        ]


def _find_frames(file: bytes) -> Iterator[Frame]:
    """The frames of a file without a table, by their magic numbers and the sizes in their headers."""
    start = expected = 0
    place = file.find(_MAGIC)
    while place >= 0:
        size = _content_size(file[place : place + 18])
        packed_end = None if size is None else _end_of_frame(file, place, size)
        if size is not None and (packed_end is not None or place == expected):
            # Where one is due but damaged, it keeps its place, so that those behind it keep theirs.
            yield Frame(start=start, end=start + size, packed_start=place, packed_end=packed_end or place + 4)
            start += size
        expected = packed_end or 0
        place = file.find(_MAGIC, packed_end or place + 4)


def _end_of_frame(file: bytes, place: int, size: int) -> int | None:
    part = file[place : place + size + (size >> 7) + 1024]  # what does not compress grows by less
    reader = zstandard.ZstdDecompressor().decompressobj()
    try:
        content = reader.decompress(part)
    except zstandard.ZstdError:
        return None
    if not reader.eof or len(content) != size:
        return None
    return place + len(part) - len(reader.unused_data)


def _content_size(packed: bytes) -> int | None:
    try:
        size = zstandard.frame_content_size(packed)
    except zstandard.ZstdError:
        return None
    return size if 0 <= size <= _LARGEST_FRAME else None
