"""Verifying says of each segment what is in it and what is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from traces.segments import SegmentWriter, compress_closed, segment_paths, verify
from traces.segments.opening import open_segment
from traces.segments.packed import PackedSegment
from traces.testing import TraceBuilder

Write = Callable[..., Path]


def test_a_good_folder(tmp_path: Path, write: Write) -> None:
    """Compressed, closed and live segments, counted each and together."""
    first = write("ab", each=4)
    size = first.stat().st_size
    compress_closed(tmp_path)
    second = write("bc", each=2)
    with SegmentWriter(tmp_path) as writer:
        writer.append(TraceBuilder("d" * 32).span())
        report = verify(tmp_path)

    assert report.ok
    assert [(one.name, one.state, one.spans, one.records, one.traces) for one in report.segments] == [
        (first.name, "compressed", 8, 8, 2),
        (second.name, "closed", 4, 4, 2),
        (writer.path.name, "live", 1, 1, 1),
    ]
    assert (report.spans, report.traces) == (13, 4)
    assert report.segments[0].unpacked_bytes == size
    assert report.segments[0].bytes == Path(f"{first}.zst").stat().st_size


def test_duplicates_are_counted_and_no_fault(tmp_path: Path, write: Write) -> None:
    """The same trace and span id again, in the same segment or another."""
    write("a", each=3)
    write("aa", each=2)

    assert (verify(tmp_path).duplicates, verify(tmp_path).ok) == (4, True)


def test_damaged_lines(tmp_path: Path, write: Write) -> None:
    """Torn and corrupt ones, with their places."""
    path = write("a", each=3)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b"a1", b"aX") + lines[2][:-5])
    report = verify(tmp_path)
    (found,) = report.segments

    assert not report.ok
    assert (found.records, found.spans, found.torn, found.corrupt, found.bad_frames) == (3, 1, 1, 1, 0)
    assert found.places == (f"{path.name}@{len(lines[0])}", f"{path.name}@{len(lines[0]) + len(lines[1])}")


def test_the_line_that_is_being_written_is_no_damage(tmp_path: Path, spans: TraceBuilder) -> None:
    """Its writer will finish it."""
    with SegmentWriter(tmp_path) as writer:
        writer.append(spans.span())
        with writer.path.open("ab") as file:
            file.write(b"v1 0")
        assert verify(tmp_path).ok
    assert not verify(tmp_path).ok


def test_a_damaged_frame(tmp_path: Path, write: Write) -> None:
    """It is one bad frame; what was in it cannot be counted."""
    path = write("ab", each=200, size=2000)
    compress_closed(tmp_path)
    packed = Path(f"{path}.zst")
    content = bytearray(packed.read_bytes())
    content[40] ^= 0xFF
    packed.write_bytes(content)
    (found,) = verify(tmp_path).segments

    assert (found.bad_frames, found.corrupt, found.places) == (1, 0, (f"{path.name}@0",))
    assert found.records == found.spans < 400


def test_a_damaged_table(tmp_path: Path, write: Write) -> None:
    """All spans are there, and still it is said; so where the table does not say what is inside."""
    path = write("ab", each=20)
    compress_closed(tmp_path)
    packed = Path(f"{path}.zst")
    content = packed.read_bytes()
    for broken in (content[:-1], content[:-20] + b"x" + content[-19:]):
        packed.write_bytes(broken)
        (found,) = verify(tmp_path).segments

        assert (found.spans, found.bad_frames, found.places) == (40, 1, (f"{path.name}@table",))


def test_a_table_that_lies(tmp_path: Path, write: Write) -> None:
    """The contents of another segment under this one's frames."""
    one, other = write("a", each=2), write("b", each=3)
    compress_closed(tmp_path)
    paths = segment_paths(tmp_path)
    with open_segment(one) as segment:
        assert isinstance(segment, PackedSegment)
        end = segment.frames[-1].packed_end
    with open_segment(other) as segment:
        assert isinstance(segment, PackedSegment)
        tail = paths[1].read_bytes()[segment.frames[-1].packed_end :]
    paths[0].write_bytes(paths[0].read_bytes()[:end] + tail)

    assert [found.bad_frames > 0 for found in verify(tmp_path).segments] == [True, False]


def test_nothing_at_all(tmp_path: Path) -> None:
    """A folder that is not there is in order."""
    report = verify(tmp_path / "nowhere")

    assert (report.ok, report.segments, report.spans, report.duplicates) == (True, (), 0, 0)
