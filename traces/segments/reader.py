"""Reading segments from their beginning: every span that is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from traces.segments.names import name_of, segment_paths
from traces.segments.opening import open_segment
from traces.segments.record import DamageReport, records_in
from traces.span import Span

_BLOCK_BYTES = 1 << 20


def read_spans(folder: Path, *, damage: DamageReport | None = None) -> Iterator[Span]:
    """All spans of a folder's segments, by file name and then in the order of writing.

    What cannot be read is skipped and entered into ``damage``; a line that a writer has just begun is not
    damaged. A folder that does not exist holds no spans, nor does a segment that is deleted meanwhile.
    Raises ``SegmentError`` where a file cannot be opened or read.
    """
    for path in segment_paths(folder):
        try:
            yield from read_segment(path, damage=damage)
        except FileNotFoundError:
            continue


def read_segment(path: Path, *, damage: DamageReport | None = None) -> Iterator[Span]:
    """The spans of one segment in the order of writing, as ``read_spans``.

    Raises ``FileNotFoundError`` where there is no such segment, plain or compressed.
    """
    report = DamageReport() if damage is None else damage
    name = name_of(path)
    line = 1
    with open_segment(path) as segment:
        for block in segment.blocks(0, max_bytes=_BLOCK_BYTES):
            for record in records_in(block, name=name, line=line, damage=report):
                yield record.span
            line += (block.content or b"").count(b"\n")
