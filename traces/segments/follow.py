"""Following a folder: what was written since the last time, with the place of each record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from traces.errors import SegmentError
from traces.segments.blocks import Block
from traces.segments.names import name_of, segment_paths
from traces.segments.opening import open_segment
from traces.segments.record import DamageReport, Record, record_at, records_in
from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What a segment holds from ``start`` to ``end``, in bytes of its unpacked content.

    ``segment`` is the segment's name, the same before and after compression. Who has dealt with the chunk
    goes on at ``end``.
    """

    segment: str
    start: int
    end: int
    records: list[Record]
    damage: DamageReport


def follow(folder: Path, since: Mapping[str, int], *, max_bytes: int = 8 << 20) -> Iterator[Chunk]:
    """What was added to a folder's segments since ``since``, the ``end`` by segment name; segment by segment.

    A chunk holds about ``max_bytes``, but at least a record. The unfinished last line of a segment that
    is being written is left for the next call; that of a closed one is damage, once. Damaged records are
    skipped and are in ``Chunk.damage``; such a chunk may hold no record at all. Raises ``SegmentError``
    where a segment cannot be read; one that is deleted meanwhile is left out.
    """
    for name, block in follow_blocks(folder, since, max_bytes=max_bytes):
        damage = DamageReport()
        records = list(records_in(block, name=name, damage=damage))
        yield Chunk(segment=name, start=block.start, end=block.end, records=records, damage=damage)


def follow_blocks(
    folder: Path, since: Mapping[str, int], *, max_bytes: int = 8 << 20
) -> Iterator[tuple[str, Block]]:
    """As ``follow``, but segment names and blocks as they are stored; ``records_in`` reads their records.

    So each record can be forgotten before the next one is read: many fit no processor's cache.
    """
    for path in segment_paths(folder):
        name = name_of(path)
        try:
            with open_segment(path) as segment:
                for block in segment.blocks(since.get(name, 0), max_bytes=max_bytes):
                    yield name, block
        except FileNotFoundError:
            continue


def read_record(folder: Path, segment: str, offset: int, length: int) -> Span:
    """The span of the record at that place, as a ``Record`` of ``follow`` gives it.

    Raises ``SegmentError`` where there is no whole record, or no such segment any more.
    """
    try:
        with open_segment(folder / segment) as content:
            return record_at(content.read(offset, length), offset=offset).span
    except FileNotFoundError as error:
        raise SegmentError(f"there is no segment {segment} in {folder}") from error
    except SegmentError as error:
        raise SegmentError(f"{segment}@{offset}: {error}") from error
