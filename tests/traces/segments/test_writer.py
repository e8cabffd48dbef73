"""Segments keep every ended span, whatever happens to the process or the file."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traces.errors import SegmentError
from traces.redaction import Redactor
from traces.segments import DamageReport, SegmentWriter, read_spans, segment_paths
from traces.span import Span
from traces.testing import TraceBuilder

_KILLED = """
import os, pathlib, signal, sys
from traces.segments import SegmentWriter
from traces.testing import TraceBuilder
spans = TraceBuilder()
writer = SegmentWriter(pathlib.Path(sys.argv[1]))
for number in range(100):
    writer.append(spans.span(f"span {number}", attributes={"text": "x" * 1000}))
os.kill(os.getpid(), signal.SIGKILL)
"""


def _write(folder: Path, *found: Span, **options: str) -> Path:
    with SegmentWriter(folder, **options) as writer:  # type: ignore[arg-type]
        for span in found:
            writer.append(span)
    return writer.path


def _read(folder: Path) -> tuple[list[Span], DamageReport]:
    damage = DamageReport()
    return list(read_spans(folder, damage=damage)), damage


@pytest.mark.parametrize("fsync", ["never", "close", "always"])
def test_what_is_written_is_read(tmp_path: Path, spans: TraceBuilder, fsync: str) -> None:
    """In the order of writing, under each policy of forcing to disk."""
    found = [spans.span(str(number)) for number in range(5)]
    _write(tmp_path / "new" / "folder", *found, fsync=fsync)

    read, damage = _read(tmp_path / "new" / "folder")

    assert read == found
    assert damage.total == 0


def test_a_span_is_readable_at_once(tmp_path: Path, spans: TraceBuilder) -> None:
    """Readers need not wait for the writer to close."""
    with SegmentWriter(tmp_path) as writer:
        writer.append(spans.span("one"))

        assert [span.name for span in read_spans(tmp_path)] == ["one"]


def test_later_segments_are_read_later(tmp_path: Path, spans: TraceBuilder) -> None:
    """Each writer has a file of its own; file names are in the order of creation."""
    for number in range(12):
        _write(tmp_path, spans.span(str(number)), name="worker")

    assert [span.name for span in read_spans(tmp_path)] == [str(number) for number in range(12)]
    assert len({path.name for path in segment_paths(tmp_path)}) == 12
    assert all("-worker-" in path.name for path in segment_paths(tmp_path))


def test_writers_side_by_side(tmp_path: Path) -> None:
    """Two writers of one name never share a file."""
    with SegmentWriter(tmp_path, name="same") as one, SegmentWriter(tmp_path, name="same") as two:
        one.append(TraceBuilder("1" * 32).span())
        two.append(TraceBuilder("2" * 32).span())

    assert one.path != two.path
    assert {span.trace_id for span in read_spans(tmp_path)} == {"1" * 32, "2" * 32}


def test_threads_may_share_a_writer(tmp_path: Path, spans: TraceBuilder) -> None:
    """No record is mixed with another, however large."""
    found = [spans.span(str(number), attributes={"text": "x" * (number * 997)}) for number in range(100)]
    with SegmentWriter(tmp_path) as writer, ThreadPoolExecutor(8) as pool:
        list(pool.map(writer.append, found))

    read, damage = _read(tmp_path)

    assert {span.span_id for span in read} == {span.span_id for span in found}
    assert damage.total == 0


def test_a_kill_loses_nothing(tmp_path: Path) -> None:
    """After ``kill -9`` every appended span is there."""
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)

    read, damage = _read(tmp_path)

    assert ended.returncode == -9
    assert [span.name for span in read] == [f"span {number}" for number in range(100)]
    assert damage.total == 0


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_torn_tail_costs_the_last_record_only(data: st.DataObject) -> None:
    """Cut anywhere, a segment gives all records before the cut."""
    spans = TraceBuilder()
    found = [spans.span(str(number), attributes={"text": "ü\n" * number}) for number in range(4)]
    with tempfile.TemporaryDirectory() as name:
        path = _write(Path(name), *found)
        content = path.read_bytes()
        cut = data.draw(st.integers(min_value=0, max_value=len(content)))
        path.write_bytes(content[:cut])
        whole = content[:cut].count(b"\n")
        read, damage = _read(Path(name))

    assert read == found[:whole]
    assert damage.corrupt == 0
    assert damage.torn == (0 if content[:cut].endswith(b"\n") or cut == 0 else 1)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_changed_byte_costs_one_or_two_records(data: st.DataObject) -> None:
    """Never more than the record it is in, and the next if it was the break between them."""
    spans = TraceBuilder()
    found = [spans.span(str(number)) for number in range(5)]
    with tempfile.TemporaryDirectory() as name:
        path = _write(Path(name), *found)
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(min_value=0, max_value=len(content) - 1))
        content[place] ^= data.draw(st.integers(min_value=1, max_value=255))
        path.write_bytes(content)
        read, damage = _read(Path(name))

    assert len(read) >= len(found) - 2
    assert all(span in found for span in read)
    assert 1 <= damage.total <= 2


@settings(max_examples=60, deadline=None)
@given(junk=st.binary(max_size=300))
def test_any_bytes_can_be_read(junk: bytes) -> None:
    """A file of anything gives no spans and no exception, and the good file beside it is read."""
    span = TraceBuilder().span()
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "000000-junk.segment").write_bytes(junk)
        _write(Path(name), span)
        read, damage = _read(Path(name))

    assert read == [span]
    assert (
        damage.total == len(damage.places) == junk.count(b"\n") + (not junk.endswith(b"\n") and junk != b"")
    )


def test_damage_is_placed(tmp_path: Path, spans: TraceBuilder) -> None:
    """The report names file and line."""
    path = _write(tmp_path, spans.span("one"), spans.span("two"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0].replace(b"one", b"eno") + lines[1] + b"v1 0000")

    read, damage = _read(tmp_path)

    assert [span.name for span in read] == ["two"]
    assert (damage.corrupt, damage.torn) == (1, 1)
    assert damage.places == [f"{path.name}:1", f"{path.name}:3"]


def test_a_full_disk_is_an_error_and_leaves_no_half_record(tmp_path: Path, spans: TraceBuilder) -> None:
    """A write that stops halfway is taken back; a smaller one after it still fits, and all is readable."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with SegmentWriter(tmp_path) as writer:
        writer.append(spans.span("before"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            with pytest.raises(SegmentError, match="cannot write to"):
                writer.append(spans.span("too large", attributes={"text": "x" * 10_000}))
            writer.append(spans.span("after"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    read, damage = _read(tmp_path)

    assert [span.name for span in read] == ["before", "after"]
    assert damage.total == 0


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The error names the folder."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(SegmentError, match="file/folder"):
        SegmentWriter(tmp_path / "file" / "folder")


def test_a_closed_writer_takes_no_more(tmp_path: Path, spans: TraceBuilder) -> None:
    """Closing twice is fine, appending after it is an error."""
    writer = SegmentWriter(tmp_path)
    writer.append(spans.span())
    writer.close()
    writer.close()

    with pytest.raises(SegmentError, match="is closed"):
        writer.append(spans.span())


def test_an_empty_segment_leaves_no_file(tmp_path: Path) -> None:
    """Who wrote nothing leaves nothing."""
    _write(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_holds_no_spans(tmp_path: Path) -> None:
    """Nothing was recorded yet: that is no error."""
    assert list(read_spans(tmp_path / "nowhere")) == []


def test_an_unreadable_segment_is_an_error(tmp_path: Path) -> None:
    """Other than damage inside a file, a file that cannot be opened is a broken system."""
    (tmp_path / "000001-x.segment").mkdir()

    with pytest.raises(SegmentError, match="cannot read"):
        list(read_spans(tmp_path))


def test_secrets_never_reach_the_disk(tmp_path: Path, spans: TraceBuilder) -> None:
    """The redactor comes before the write."""
    secret = "ghp_" + "a1B2" * 9
    with SegmentWriter(tmp_path, redactor=Redactor()) as writer:
        writer.append(spans.tool("bash", {"command": f"git clone https://{secret}@github.com/a/b"}, secret))

    assert secret.encode() not in writer.path.read_bytes()
    assert b"[redacted:github-token]" in writer.path.read_bytes()


def test_segments_are_private(tmp_path: Path, spans: TraceBuilder) -> None:
    """Nobody else on the machine can read them."""
    assert _write(tmp_path, spans.span()).stat().st_mode & 0o077 == 0


def test_processes_may_share_a_folder(tmp_path: Path) -> None:
    """Each killed in the middle of its work; all that they wrote is there, once."""
    command = [sys.executable, "-c", _KILLED, str(tmp_path)]
    for process in [subprocess.Popen(command) for _ in range(3)]:
        process.wait()

    read, damage = _read(tmp_path)

    assert len(segment_paths(tmp_path)) == 3
    assert len(read) == 300
    assert damage.total == 0


def test_other_files_are_left_alone(tmp_path: Path, spans: TraceBuilder) -> None:
    """A folder may hold more than segments, whatever its names look like."""
    (tmp_path / "notes.txt").write_text("not a segment")
    (tmp_path / "²-odd.segment").write_text("")
    _write(tmp_path, spans.span("one"))

    assert [span.name for span in read_spans(tmp_path)] == ["one"]


def test_a_large_span_is_one_record(tmp_path: Path, spans: TraceBuilder) -> None:
    """Twenty megabytes in one attribute."""
    span = spans.tool("bash", {}, "€" * 7_000_000)
    _write(tmp_path, span)

    assert list(read_spans(tmp_path)) == [span]
