"""Closed segments become smaller, and nothing else about them changes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from traces.errors import SegmentError
from traces.segments import (
    DamageReport,
    SegmentWriter,
    compress_closed,
    follow,
    read_record,
    read_segment,
    read_spans,
    segment_paths,
)
from traces.segments.blocks import OpenSegment
from traces.segments.contents import contents_of
from traces.segments.opening import open_segment
from traces.segments.packed import PackedSegment
from traces.span import Span
from traces.testing import TraceBuilder

Spans = Callable[..., list[Span]]
Write = Callable[..., Path]


def _read(folder: Path) -> tuple[list[Span], DamageReport]:
    damage = DamageReport()
    return list(read_spans(folder, damage=damage)), damage


def _packed(segment: OpenSegment) -> PackedSegment:
    assert isinstance(segment, PackedSegment)
    return segment


def test_nothing_is_lost(tmp_path: Path, some_spans: Spans, write: Write) -> None:
    """Spans, order, modification time and rights are the same; the file is smaller, and the plain one gone."""
    path = write("abc", each=200, size=2000)
    plain, before = path.read_bytes(), path.stat()
    report = compress_closed(tmp_path)
    (packed,) = segment_paths(tmp_path)

    assert packed.name == f"{path.name}.zst"
    assert list(tmp_path.iterdir()) == [packed]
    assert list(read_segment(packed)) == some_spans("abc", each=200, size=2000)
    assert list(read_segment(path)) == some_spans("abc", each=200, size=2000)
    assert (packed.stat().st_mtime_ns, packed.stat().st_mode) == (before.st_mtime_ns, before.st_mode)
    assert (report.segments, report.bytes_before, report.live) == ((path.name,), len(plain), 0)
    assert report.bytes_after == packed.stat().st_size < len(plain) / 5


def test_any_tool_unpacks_it(tmp_path: Path, write: Write) -> None:
    """The frames one after the other are the plain segment; the table is in a frame that tools skip."""
    path = write("abc", each=200, size=2000)
    plain = path.read_bytes()
    compress_closed(tmp_path)
    with Path(f"{path}.zst").open("rb") as file:
        unpacked = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True).read()

    assert unpacked == plain


def test_the_table_says_what_is_inside(tmp_path: Path, write: Write) -> None:
    """Without unpacking: where the frames are, how many spans, of when and of which traces."""
    path = write("abc", each=200, size=2000)
    with open_segment(path) as plain:
        expected = contents_of(plain)
    size = path.stat().st_size
    compress_closed(tmp_path)

    with open_segment(path) as segment:
        packed = _packed(segment)
        assert packed.contents() == expected
        assert packed.unpacked_bytes == size
        assert len(packed.frames) == -(-size // (256 << 10))
    assert expected.traces == {"a" * 32, "b" * 32, "c" * 32}
    assert (expected.spans, expected.last_ns - expected.first_ns) == (600, 199_500_000_000)


def test_who_writes_is_left_alone(tmp_path: Path, spans: TraceBuilder) -> None:
    """A live segment, and an empty one whose writer may be about to begin."""
    with SegmentWriter(tmp_path) as writer, SegmentWriter(tmp_path):
        writer.append(spans.span())
        report = compress_closed(tmp_path)

        assert (report.segments, report.live) == ((), 2)
    assert compress_closed(tmp_path).segments == (writer.path.name,)
    assert compress_closed(tmp_path).segments == ()


def test_damage_stays_what_it_was(tmp_path: Path, write: Write) -> None:
    """A torn tail and a corrupt line are kept as they are."""
    path = write("a", each=3)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b"a1", b"aX") + lines[2] + b"v1 01")
    before = _read(tmp_path)
    compress_closed(tmp_path)

    assert _read(tmp_path) == before
    assert (before[1].torn, before[1].corrupt) == (1, 1)


def test_a_damaged_frame_costs_only_itself(tmp_path: Path, write: Write) -> None:
    """With a table the frames behind it keep their places; records in them are found."""
    path = write("abc", each=400, size=2000)
    compress_closed(tmp_path)
    packed = Path(f"{path}.zst")
    with open_segment(path) as segment:
        frames = _packed(segment).frames
    content = bytearray(packed.read_bytes())
    content[frames[2].packed_start + 40] ^= 0xFF
    packed.write_bytes(content)
    chunks = list(follow(tmp_path, {}, max_bytes=1))
    damage = DamageReport()
    spans = list(read_spans(tmp_path, damage=damage))

    assert [chunk.start for chunk in chunks if not chunk.records] == [frames[2].start]
    assert (damage.frames, damage.corrupt, damage.places) == (1, 1, [f"{path.name}@{frames[2].start}"])
    assert len(spans) == sum(len(chunk.records) for chunk in chunks) > 900
    last = chunks[-1].records[-1]
    assert read_record(tmp_path, path.name, last.offset, last.length) == last.span
    with pytest.raises(SegmentError, match="its frame is damaged"):
        read_record(tmp_path, path.name, frames[2].start, 100)


@pytest.mark.parametrize("damaged_frame", [None, 1])
@pytest.mark.parametrize("cut", [1, 30, 150])
def test_frames_are_found_without_their_table(
    tmp_path: Path, write: Write, cut: int, damaged_frame: int | None
) -> None:
    """A file whose end is lost gives all its frames, at their places, but for those that are damaged."""
    path = write("abc", each=400, size=2000)
    compress_closed(tmp_path)
    expected = [record for chunk in follow(tmp_path, {}) for record in chunk.records]
    packed = Path(f"{path}.zst")
    with open_segment(path) as segment:
        frames = _packed(segment).frames
    content = bytearray(packed.read_bytes()[:-cut])
    if damaged_frame is not None:
        content[frames[damaged_frame].packed_start + 40] ^= 0xFF
        frame = frames[damaged_frame]
        expected = [record for record in expected if not frame.start <= record.offset < frame.end]
    packed.write_bytes(content)

    assert [record for chunk in follow(tmp_path, {}) for record in chunk.records] == expected


def test_a_frame_that_was_cut_off(tmp_path: Path, write: Write) -> None:
    """The frames before it are there."""
    path = write("abc", each=400, size=2000)
    compress_closed(tmp_path)
    packed = Path(f"{path}.zst")
    with open_segment(path) as segment:
        frames = _packed(segment).frames
    packed.write_bytes(packed.read_bytes()[: frames[3].packed_start + 100])
    spans, damage = _read(tmp_path)

    assert 300 < len(spans) < 400
    assert damage.frames == 1


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x28\xb5\x2f\xfd" * 20, b"segment1" * 10])
def test_a_file_that_is_none(tmp_path: Path, write: Write, junk: bytes) -> None:
    """Anything under such a name is read without an exception, and the segment beside it is read."""
    (tmp_path / "000000-x.segment.zst").write_bytes(junk)
    write("a", each=2)

    assert len(list(read_spans(tmp_path))) == 2


def test_both_forms_count_once(tmp_path: Path, write: Write) -> None:
    """A kill between the renaming and the deletion leaves both; the next time the plain one goes."""
    path = write("a", each=3)
    content = path.read_bytes()
    compress_closed(tmp_path)
    path.write_bytes(content)

    assert len(list(read_spans(tmp_path))) == 3
    assert len(segment_paths(tmp_path)) == 1
    assert compress_closed(tmp_path).segments == (path.name,)
    assert [path.name for path in tmp_path.iterdir()] == [f"{path.name}.zst"]


_COMPRESS = """
import pathlib, sys
from traces.segments import compress_closed
print("begin", flush=True)
compress_closed(pathlib.Path(sys.argv[1]))
"""


def test_killed_in_the_middle_of_compressing(tmp_path: Path, write: Write) -> None:
    """At any moment every span is there once; the next run finishes what was begun."""
    for _ in range(6):
        write("abc", each=100, size=2000)
    for delay in (0.0, 0.003, 0.01, 0.03):
        with subprocess.Popen(
            [sys.executable, "-c", _COMPRESS, str(tmp_path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(delay)
            process.kill()
        assert sum(1 for _ in read_spans(tmp_path)) == 1800
    compress_closed(tmp_path)

    assert {path.suffix for path in tmp_path.iterdir()} == {".zst"}
    assert _read(tmp_path)[1].total == 0


def test_reading_a_record_is_fast(tmp_path: Path, write: Write) -> None:
    """Only its frame is unpacked: three milliseconds were asked for, a busy machine may take more."""
    path = write("abcd", each=1000, size=2000)
    compress_closed(tmp_path)
    records = [record for chunk in follow(tmp_path, {}) for record in chunk.records]
    times = []
    for record in records[::100]:
        start = time.perf_counter()
        read_record(tmp_path, path.name, record.offset, record.length)
        times.append(time.perf_counter() - start)

    assert sorted(times)[len(times) // 2] < 0.003


def test_a_large_record_has_a_frame_of_its_own(tmp_path: Path, some_spans: Spans, write: Write) -> None:
    """Lines are never divided."""
    path = write("a", each=3, size=1_000_000)
    compress_closed(tmp_path)
    with open_segment(path) as segment:
        assert len(_packed(segment).frames) == 3

    assert list(read_spans(tmp_path)) == some_spans("a", each=3, size=1_000_000)


def test_a_file_that_cannot_be_compressed(tmp_path: Path) -> None:
    """The error names it."""
    (tmp_path / "000001-x.segment").mkdir()

    with pytest.raises(SegmentError, match="cannot compress"):
        compress_closed(tmp_path)
