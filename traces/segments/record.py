"""A record: the line by which a segment stores one span, and how it is told from a damaged one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from traces.codec import decode_span
from traces.errors import SegmentError
from traces.segments.blocks import Block
from traces.span import Span

_HEADER = b"v1 %08x "
_HEAD = len(_HEADER % 0)
_BREAK = b"\n"


class Record(NamedTuple):  # one is made for every span, and a frozen dataclass takes four times as long
    """A span and its place: ``offset`` and ``length`` count bytes of the unpacked segment.

    ``checksum`` is the CRC-32 of the stored JSON: the same for the same content.
    """

    offset: int
    length: int
    checksum: int
    span: Span


@dataclass(kw_only=True)
class DamageReport:
    """What a reader had to leave out: unfinished last lines, and records that fail their checksum.

    ``places`` names each as ``file:line``, or as ``file@offset`` where reading began in the middle. Of a
    compressed segment a frame may be lost; it counts as one corrupt place, and in ``frames``.
    """

    torn: int = 0
    corrupt: int = 0
    frames: int = 0
    places: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All places that were left out."""
        return self.torn + self.corrupt

    def add(self, other: DamageReport) -> None:
        """Take over what another reader left out."""
        self.torn += other.torn
        self.corrupt += other.corrupt
        self.frames += other.frames
        self.places += other.places

    def enter(self, place: str, *, torn: bool = False, frame: bool = False) -> None:
        """Count one damaged place."""
        self.torn += torn
        self.corrupt += not torn
        self.frames += frame
        self.places.append(place)


def frame_payload(payload: bytes) -> bytes:
    """The record of a span's JSON: a version, the JSON's CRC-32, the JSON, a line break."""
    return b"%s%s%s" % (_HEADER % zlib.crc32(payload), payload, _BREAK)


def payload_of(line: bytes) -> tuple[int, bytes]:
    """Checksum and JSON of a record without its line break; raises ``SegmentError`` for a damaged one."""
    return _payload_in(line, 0, len(line))


def record_at(content: bytes, *, offset: int) -> Record:
    """The record that is all of ``content``; raises ``SegmentError`` for anything else."""
    if content.count(_BREAK) != 1 or not content.endswith(_BREAK):
        raise SegmentError("no record is there")
    return _record_in(content, 0, len(content) - 1, offset)


def records_in(block: Block, *, name: str, damage: DamageReport, line: int | None = None) -> Iterator[Record]:
    """The records of a block of the segment ``name``; what is damaged goes to ``damage``.

    ``line`` is the number of its first line, where it is known.
    """
    if block.content is None:
        damage.enter(f"{name}@{block.start}", frame=True)
        return
    content, begin, number = block.content, 0, 0
    while (end := content.find(_BREAK, begin)) >= 0:
        try:
            yield _record_in(content, begin, end, block.start)
        except SegmentError:
            damage.enter(_place(name, block.start + begin, line, number))
        begin, number = end + 1, number + 1
    if begin < len(
        content
    ):  # only the last line of a segment can lack its break: the writer was cut off there
        damage.enter(_place(name, block.start + begin, line, number), torn=True)


def _place(name: str, offset: int, line: int | None, number: int) -> str:
    return f"{name}@{offset}" if line is None else f"{name}:{line + number}"


def _record_in(content: bytes, begin: int, end: int, offset: int) -> Record:
    checksum, payload = _payload_in(content, begin, end)
    return Record(offset + begin, end - begin + 1, checksum, decode_span(payload))


def _payload_in(content: bytes, begin: int, end: int) -> tuple[int, bytes]:
    payload = content[begin + _HEAD : end]
    checksum = zlib.crc32(payload)
    if content[begin : begin + _HEAD] != _HEADER % checksum:
        raise SegmentError("fails its checksum")
    return checksum, payload
