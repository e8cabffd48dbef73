"""Who follows a folder sees each record once, with its place."""

from __future__ import annotations

import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.codec import encode_span
from traces.errors import SegmentError
from traces.segments import (
    Chunk,
    SegmentWriter,
    compress_closed,
    follow,
    read_record,
    read_spans,
    segment_paths,
)
from traces.span import Span
from traces.testing import TraceBuilder

Spans = Callable[..., list[Span]]
Write = Callable[..., Path]


def _take(folder: Path, since: dict[str, int], *, max_bytes: int = 1 << 20) -> list[Chunk]:
    chunks = list(follow(folder, since, max_bytes=max_bytes))
    for chunk in chunks:
        assert chunk.start == since.get(chunk.segment, 0)
        since[chunk.segment] = chunk.end
    return chunks


def _names(chunks: list[Chunk]) -> list[str]:
    return [record.span.name for chunk in chunks for record in chunk.records]


def test_each_record_comes_once(tmp_path: Path, spans: TraceBuilder) -> None:
    """While it is written, after it is closed, and in the segment after it."""
    since: dict[str, int] = {}
    with SegmentWriter(tmp_path) as writer:
        assert _take(tmp_path, since) == []
        writer.append(spans.span("one"))
        assert _names(_take(tmp_path, since)) == ["one"]
        writer.append_many([spans.span("two"), spans.span("three")])
        assert _names(_take(tmp_path, since)) == ["two", "three"]
        writer.rotate()
        writer.append(spans.span("four"))
    assert _names(_take(tmp_path, since)) == ["four"]

    assert _take(tmp_path, since) == []
    assert since == {path.name: path.stat().st_size for path in segment_paths(tmp_path)}


@pytest.mark.parametrize("packed", [False, True])
def test_a_record_is_found_by_its_place(
    tmp_path: Path, some_spans: Spans, write: Write, packed: bool
) -> None:
    """Place, length and checksum hold before and after compression."""
    path = write("abc", each=100, size=2000)
    if packed:
        compress_closed(tmp_path)
    records = [record for chunk in follow(tmp_path, {}) for record in chunk.records]

    assert [record.span for record in records] == some_spans("abc", each=100, size=2000)
    for record in records[::17]:
        assert record.checksum == zlib.crc32(encode_span(record.span))
        assert read_record(tmp_path, path.name, record.offset, record.length) == record.span


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("max_bytes", [1, 300, 5000, 1 << 20])
def test_chunks_are_bounded(tmp_path: Path, write: Write, max_bytes: int, packed: bool) -> None:
    """Each goes on where the one before ended, whatever the size; a chunk holds a record at least."""
    write("ab", each=40, size=200)
    write("c", each=2, size=6000)
    if packed:
        compress_closed(tmp_path)
    since: dict[str, int] = {}
    chunks = _take(tmp_path, since, max_bytes=max_bytes)

    assert len(_names(chunks)) == 82
    assert all(chunk.records for chunk in chunks)
    if not packed:
        assert all(len(chunk.records) == 1 or chunk.end - chunk.start <= max_bytes for chunk in chunks)


def test_it_goes_on_in_the_middle_of_a_compressed_segment(tmp_path: Path, write: Write) -> None:
    """Offsets that were taken from the plain one are good in the compressed one."""
    write("ab", each=300, size=3000)
    first = next(follow(tmp_path, {}, max_bytes=100_000))
    compress_closed(tmp_path)
    rest = _names(list(follow(tmp_path, {first.segment: first.end})))

    assert _names([first]) + rest == [span.name for span in read_spans(tmp_path)]


def test_the_line_that_is_being_written_is_left_for_later(tmp_path: Path, spans: TraceBuilder) -> None:
    """It is no damage until its writer is gone, and then it is, once."""
    since: dict[str, int] = {}
    with SegmentWriter(tmp_path) as writer:
        writer.append(spans.span("one"))
        with writer.path.open("ab") as file:
            file.write(b"v1 0123")
        chunks = _take(tmp_path, since)
        assert [chunk.damage.total for chunk in chunks] == [0]
        assert _take(tmp_path, since) == []
    name = writer.path.name
    (chunk,) = _take(tmp_path, since)

    assert (chunk.records, chunk.damage.torn, chunk.damage.corrupt) == ([], 1, 0)
    assert chunk.damage.places == [f"{name}@{chunk.start}"]
    assert _take(tmp_path, since) == []


def test_damage_is_skipped_and_told(tmp_path: Path, write: Write) -> None:
    """Once, with its place; the records around it come."""
    path = write("a", each=3)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b"a1", b"aX") + lines[2])
    since: dict[str, int] = {}
    (chunk,) = _take(tmp_path, since)

    assert _names([chunk]) == ["a0", "a2"]
    assert chunk.damage.places == [f"{path.name}@{len(lines[0])}"]
    assert _take(tmp_path, since) == []


def test_a_place_without_a_record_is_an_error(tmp_path: Path, write: Write) -> None:
    """In the middle of one, over two, behind the end, in a segment that is gone."""
    path = write("a", each=3)
    size = len(path.read_bytes())
    length = size // 3

    for offset, count in ((1, length), (0, 2 * length), (0, length - 1), (size, length), (-1, length)):
        with pytest.raises(SegmentError, match=f"{path.name}@"):
            read_record(tmp_path, path.name, offset, count)
    with pytest.raises(SegmentError, match=r"there is no segment 1\.segment"):
        read_record(tmp_path, "1.segment", 0, 10)


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_whatever_happens_to_bytes_the_other_records_are_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Bytes changed, and anything appended: only the records that were hit are lost, plain or compressed."""
    folder = tmp_path_factory.mktemp("damaged")
    spans = TraceBuilder()
    found = [spans.span(str(number), attributes={"text": "ü\n" * number}) for number in range(6)]
    with SegmentWriter(folder) as writer:
        writer.append_many(found)
    content = bytearray(writer.path.read_bytes())
    lines = bytes(content).splitlines(keepends=True)
    places = data.draw(st.lists(st.integers(0, len(content) - 1), max_size=2, unique=True))
    for place in places:
        content[place] ^= data.draw(st.integers(1, 255))
    writer.path.write_bytes(content + data.draw(st.binary(max_size=40)))
    if data.draw(st.booleans()):
        compress_closed(folder)
    ends = [sum(map(len, lines[: number + 1])) for number in range(len(lines))]
    hit = {
        number
        for place in places
        for number, end in enumerate(ends)
        if end - len(lines[number]) <= place < end
    }
    # A break that is gone joins a record to the next one.
    hit |= {number + 1 for number in hit if ends[number] - 1 in places}
    names = _names(list(follow(folder, {})))

    assert names == [span.name for number, span in enumerate(found) if number not in hit]
    assert [span.name for span in read_spans(folder)] == names


_WRITER = """
import pathlib, sys
from traces.segments import SegmentWriter
from traces.testing import TraceBuilder
spans = TraceBuilder()
with SegmentWriter(pathlib.Path(sys.argv[1]), rotate_bytes=100_000) as writer:
    for number in range(0, 3000, 10):
        writer.append_many([spans.span(str(number + n), attributes={"text": "x" * 500}) for n in range(10)])
"""


def test_a_reader_beside_writing_rotating_and_compressing(tmp_path: Path) -> None:
    """Whatever happens to the files meanwhile, each record comes once, in order, and none is damaged."""
    process = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)])
    done = threading.Event()

    def compress() -> None:
        while not done.wait(0.02):
            compress_closed(tmp_path)

    beside = threading.Thread(target=compress)
    beside.start()
    since: dict[str, int] = {}
    chunks: list[Chunk] = []
    ended = False
    while not ended:
        ended = process.poll() is not None
        chunks += _take(tmp_path, since)
    done.set()
    beside.join()
    chunks += _take(tmp_path, since)

    assert _names(chunks) == [str(number) for number in range(3000)]
    assert not any(chunk.damage.total for chunk in chunks)
    assert len(segment_paths(tmp_path)) > 10
