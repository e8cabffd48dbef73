"""Blocks of a folder, from where one stopped: what ``follow`` makes chunks of."""

from __future__ import annotations

from pathlib import Path

import pytest

from traces.segments import SegmentWriter, follow
from traces.segments.compress import compress_closed
from traces.segments.follow import follow_blocks
from traces.segments.record import DamageReport, records_in
from traces.testing import TraceBuilder


def fill(folder: Path, spans: int) -> None:
    """Two segments."""
    for number in (1, 2):
        trace = TraceBuilder(f"{number:032x}")
        with SegmentWriter(folder) as writer:
            writer.append_many([trace.chat(f"say {place}") for place in range(spans)])


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("max_bytes", [1, 700, 1 << 20])
def test_blocks_and_chunks_hold_the_same_records(tmp_path: Path, max_bytes: int, is_packed: bool) -> None:
    """At the same places, before and after compression."""
    fill(tmp_path, 9)
    if is_packed:
        compress_closed(tmp_path)
    chunks = list(follow(tmp_path, {}, max_bytes=max_bytes))
    read = [
        (name, record)
        for name, block in follow_blocks(tmp_path, {}, max_bytes=max_bytes)
        for record in records_in(block, name=name, damage=DamageReport())
    ]

    assert read == [(chunk.segment, record) for chunk in chunks for record in chunk.records]
    assert len(read) == 18


def test_going_on_where_a_block_ended(tmp_path: Path) -> None:
    """Nothing twice and nothing left out, wherever one stops."""
    fill(tmp_path, 5)
    ends: dict[str, int] = {}
    found = []
    while block := next(follow_blocks(tmp_path, ends, max_bytes=1), None):
        ends[block[0]] = block[1].end
        found += list(records_in(block[1], name=block[0], damage=DamageReport()))

    assert len(found) == 10
    assert len({(record.span.trace_id, record.span.span_id) for record in found}) == 10


def test_damaged_lines_cost_themselves(tmp_path: Path) -> None:
    """A head that is too short, a wrong checksum, an empty line: each is one place of damage."""
    fill(tmp_path, 2)
    first = min(tmp_path.iterdir())
    lines = first.read_bytes().splitlines(keepends=True)
    first.write_bytes(lines[0] + b"v1\n" + b"\n" + b"v1 00000000 {}\n" + lines[1] + b"v1 0000")
    damage = DamageReport()
    blocks = [block for name, block in follow_blocks(tmp_path, {}) if name == first.name]
    records = [record for block in blocks for record in records_in(block, name=first.name, damage=damage)]

    assert len(records) == 2
    assert records[1].offset == len(lines[0]) + 3 + 1 + 15
    assert (damage.corrupt, damage.torn) == (3, 1)
    assert damage.places[0] == f"{first.name}@{len(lines[0])}"
