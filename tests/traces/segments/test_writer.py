"""The writer keeps every ended span, whatever happens to the process, the disk or the file."""

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

from tests.examples import examples
from traces.errors import SegmentError
from traces.redaction import Redactor
from traces.segments import DamageReport, Fsync, SegmentWriter, read_segment, read_spans, segment_paths
from traces.segments.names import is_live
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


@settings(max_examples=examples(40), deadline=None)
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


@settings(max_examples=examples(60), deadline=None)
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


@settings(max_examples=examples(60), deadline=None)
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


@pytest.mark.parametrize("fsync", ["never", "close", "always", "batch"])
def test_many_at_once(tmp_path: Path, spans: TraceBuilder, fsync: Fsync) -> None:
    """In one piece and in order; none at all is fine."""
    found = [spans.span(str(number)) for number in range(50)]
    with SegmentWriter(tmp_path, fsync=fsync) as writer:
        writer.append_many(found[:30])
        writer.append_many([])
        writer.append(found[30])
        writer.append_many(found[31:])

    assert _read(tmp_path) == (found, DamageReport())


def test_one_write_for_all(tmp_path: Path) -> None:
    """The operating system sees one write for each call, and one flush where it is asked for."""
    script = (
        "import pathlib, sys\nfrom traces.segments import SegmentWriter\nfrom traces.testing import TraceBuilder\n"
        "calls = []\n"
        "sys.addaudithook(lambda name, given: None)\n"
        "import os\nreal_write, real_sync = os.write, os.fdatasync\n"
        "os.write = lambda *a: (calls.append('write'), real_write(*a))[1]\n"
        "os.fdatasync = lambda *a: (calls.append('sync'), real_sync(*a))[1]\n"
        "spans = TraceBuilder()\n"
        "writer = SegmentWriter(pathlib.Path(sys.argv[1]), fsync='batch')\n"
        "writer.append_many([spans.span() for _ in range(500)])\nwriter.append(spans.span())\nprint(*calls)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True, text=True
    )

    assert ended.stdout.split() == ["write", "sync", "write"]


def test_all_or_none_are_written(tmp_path: Path, spans: TraceBuilder) -> None:
    """One span that cannot be stored keeps the others of its call out, and the segment whole."""
    with SegmentWriter(tmp_path) as writer:
        writer.append(spans.span("before"))
        with pytest.raises(SegmentError, match="cannot be stored"):
            writer.append_many([spans.span(), spans.span(attributes={"k": object()})])  # type: ignore[dict-item]
        writer.append(spans.span("after"))

    assert [span.name for span in read_spans(tmp_path)] == ["before", "after"]


def test_a_full_disk_takes_back_all_of_a_call(tmp_path: Path, spans: TraceBuilder) -> None:
    """Not only the record that did not fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with SegmentWriter(tmp_path) as writer:
        writer.append(spans.span("before"))
        size = writer.path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            with pytest.raises(SegmentError, match="cannot write to"):
                writer.append_many([spans.span() for _ in range(100)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        assert writer.path.stat().st_size == size


def test_secrets_in_many_are_redacted(tmp_path: Path, spans: TraceBuilder) -> None:
    """Those spans, and only those, are written anew."""
    secret = "ghp_" + "a1B2" * 9
    redactor = Redactor()
    found = [spans.tool("bash", {}, secret if number == 7 else "https://example.org") for number in range(20)]
    with SegmentWriter(tmp_path, redactor=redactor) as writer:
        writer.append_many(found)
    read, _ = _read(tmp_path)

    assert secret.encode() not in writer.path.read_bytes()
    assert [number for number, pair in enumerate(zip(read, found, strict=True)) if pair[0] != pair[1]] == [7]
    assert redactor.counts == {"github-token": 1}


def test_a_large_segment_is_followed_by_another(tmp_path: Path, spans: TraceBuilder) -> None:
    """By size; a call is never split, and ``path`` says where it went."""
    found = [spans.span(str(number), attributes={"text": "x" * 300}) for number in range(12)]
    places = []
    with SegmentWriter(tmp_path, rotate_bytes=1500, name="r") as writer:
        for number in range(0, 12, 2):
            writer.append_many(found[number : number + 2])
            places.append(writer.path)

    assert [places.count(path) for path in segment_paths(tmp_path)] == [2, 2, 2]
    assert _read(tmp_path) == (found, DamageReport())


def test_an_old_segment_is_followed_by_another(tmp_path: Path, spans: TraceBuilder) -> None:
    """Counted from its first span, so that an idle writer leaves no empty ones."""
    now = [0.0]
    with SegmentWriter(tmp_path, rotate_seconds=60, clock=lambda: now[0]) as writer:
        for moment in (100.0, 159.0, 160.0, 219.0, 221.0):
            now[0] = moment
            writer.append(spans.span(str(moment)))

    assert [[span.name for span in read_segment(path)] for path in segment_paths(tmp_path)] == [
        ["100.0", "159.0"], ["160.0", "219.0"], ["221.0"]
    ]  # fmt: skip


def test_rotation_on_demand(tmp_path: Path, spans: TraceBuilder) -> None:
    """An empty segment is kept; a closed writer refuses."""
    with SegmentWriter(tmp_path) as writer:
        first = writer.path
        writer.rotate()
        kept = writer.path
        writer.append(spans.span())
        writer.rotate()

    assert (kept, writer.path != first) == (first, True)
    assert segment_paths(tmp_path) == (first,)
    with pytest.raises(SegmentError, match="is closed"):
        writer.rotate()


def test_a_rotation_that_fails_is_tried_again(tmp_path: Path, spans: TraceBuilder) -> None:
    """The next append may find the disk mended."""
    folder = tmp_path / "segments"
    with SegmentWriter(folder, rotate_bytes=1) as writer:
        writer.append(spans.span("one"))
        folder.rename(tmp_path / "away")
        (tmp_path / "segments").write_text("in the way")
        with pytest.raises(SegmentError, match="cannot create a segment"):
            writer.append(spans.span("lost"))
        folder.unlink()
        (tmp_path / "away").rename(folder)
        writer.append(spans.span("two"))

    assert [span.name for span in read_spans(folder)] == ["one", "two"]


def test_others_see_that_a_writer_lives(tmp_path: Path, spans: TraceBuilder) -> None:
    """As long as it holds its segment; whoever dies lets go of it."""
    with SegmentWriter(tmp_path) as writer:
        writer.append(spans.span())
        with writer.path.open() as file:
            assert is_live(file.fileno())
            writer.rotate()
            assert not is_live(file.fileno())
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    with segment_paths(tmp_path)[-1].open() as file:
        assert not is_live(file.fileno())


_ENDLESS = """
import pathlib, sys
from traces.segments import SegmentWriter
from traces.testing import TraceBuilder
spans = TraceBuilder(sys.argv[2] * 32)
writer = SegmentWriter(pathlib.Path(sys.argv[1]), rotate_bytes=200_000)
number = 0
while True:
    writer.append_many([spans.span(str(number + n), attributes={"text": "x" * 900}) for n in range(100)])
    number += 100
    print(number, flush=True)
"""


def test_killed_in_the_middle_of_writing(tmp_path: Path) -> None:
    """Again and again: what was acknowledged is there, once and in order, and only a tail may be torn."""
    for letter in "abcdef":
        command = [sys.executable, "-c", _ENDLESS, str(tmp_path), letter]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            acknowledged = [int(process.stdout.readline()) for _ in range(ord(letter) - 94)]
            process.kill()
            acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
        read, damage = _read(tmp_path)
        names = [int(span.name) for span in read if span.trace_id[0] == letter]

        assert names == list(range(len(names)))
        assert len(names) >= acknowledged[-1]
        assert damage.corrupt == 0
    assert damage.torn <= 6
