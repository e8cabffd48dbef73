"""Old segments go, whole traces at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from traces.segments import RetentionReport, SegmentWriter, compress_closed, read_spans, retain, segment_paths
from traces.testing import TraceBuilder

Write = Callable[..., Path]
_DAY = 86_400
_NOW_NS = 100 * _DAY * 10**9


def _aged(path: Path, days: float) -> str:
    written = _NOW_NS - int(days * _DAY * 10**9)
    os.utime(path, ns=(written, written))
    return path.name


def _retain(
    folder: Path, *, days: float | None = None, max_bytes: int | None = None, dry: bool = False
) -> RetentionReport:
    age = None if days is None else days * _DAY
    return retain(folder, max_age_seconds=age, max_bytes=max_bytes, now_ns=_NOW_NS, dry_run=dry)


def _left(folder: Path) -> list[str]:
    return [path.name.removesuffix(".zst") for path in segment_paths(folder)]


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_too_old_goes(tmp_path: Path, write: Write, packed: bool) -> None:
    """By the time since it was last written to, compressed or not."""
    old, young = _aged(write("a"), 10), _aged(write("b"), 3)
    if packed:
        compress_closed(tmp_path)
    sizes = [path.stat().st_size for path in segment_paths(tmp_path)]
    report = _retain(tmp_path, days=7)

    assert report.taken == (old,)
    assert (report.bytes_taken, report.bytes_kept) == tuple(sizes)
    assert (report.held, report.bytes_over) == ((), 0)
    assert _left(tmp_path) == [young]


def test_the_oldest_go_until_the_rest_is_small_enough(tmp_path: Path, write: Write) -> None:
    """By age, not by name."""
    names = [_aged(write(trace), days) for trace, days in (("a", 1), ("b", 9), ("c", 5), ("d", 3))]
    size = segment_paths(tmp_path)[0].stat().st_size
    report = _retain(tmp_path, max_bytes=2 * size)

    assert report.taken == (names[1], names[2])
    assert _left(tmp_path) == [names[0], names[3]]


def test_nothing_goes_without_a_limit(tmp_path: Path, write: Write) -> None:
    """Nor where all limits are met, nor from a folder that is not there."""
    _aged(write("a"), 90)

    assert _retain(tmp_path).taken == ()
    assert _retain(tmp_path, days=91, max_bytes=1 << 20).taken == ()
    assert _retain(tmp_path / "nowhere", days=1).taken == ()


def test_a_dry_run_only_says(tmp_path: Path, write: Write) -> None:
    """The same report, and everything still there."""
    old = _aged(write("a"), 10)
    dry = _retain(tmp_path, days=7, dry=True)

    assert _left(tmp_path) == [old]
    assert _retain(tmp_path, days=7) == dry
    assert _left(tmp_path) == []


def test_a_trace_is_never_split(tmp_path: Path, write: Write) -> None:
    """An old segment stays as long as a trace of it goes on in a young one, through others too."""
    first, second, third = _aged(write("ab"), 10), _aged(write("bc"), 9), _aged(write("cd"), 2)
    alone = _aged(write("e"), 8)
    report = _retain(tmp_path, days=7)

    assert report.taken == (alone,)
    assert [held.segment for held in report.held] == [first, second]
    assert all(held.young == (third,) and held.live == () for held in report.held)
    assert _left(tmp_path) == [first, second, third]


def test_what_shares_traces_goes_together(tmp_path: Path, write: Write) -> None:
    """As soon as all of it is too old; for a limit of bytes as old as its youngest."""
    first, other, second = _aged(write("ab"), 10), _aged(write("x"), 9), _aged(write("b"), 8)
    size = sum(path.stat().st_size for path in segment_paths(tmp_path))

    assert _retain(tmp_path, max_bytes=size - 1, dry=True).taken == (other,)
    assert _retain(tmp_path, max_bytes=1, dry=True).taken == (other, first, second)
    assert _retain(tmp_path, days=7).taken == (other, first, second)


def test_a_live_segment_stays_and_holds_others(tmp_path: Path, write: Write) -> None:
    """The report says which one holds them, and by how much the limit is missed."""
    held, free = _aged(write("a"), 10), _aged(write("b"), 9)
    with SegmentWriter(tmp_path) as writer:
        writer.append(TraceBuilder("a" * 32).span("late"))
        kept = sum(path.stat().st_size for path in segment_paths(tmp_path) if path.name != free)
        report = _retain(tmp_path, days=7, max_bytes=100)

    assert report.taken == (free,)
    assert [(one.segment, one.live, one.young) for one in report.held] == [(held, (writer.path.name,), ())]
    assert report.bytes_over == kept - 100
    assert sorted({span.trace_id[0] for span in read_spans(tmp_path)}) == ["a"]


def test_both_forms_of_a_segment_go(tmp_path: Path, write: Write) -> None:
    """As a killed compression leaves them."""
    path = write("a")
    content = path.read_bytes()
    compress_closed(tmp_path)
    path.write_bytes(content)
    _aged(path, 10)
    _retain(tmp_path, days=7)

    assert list(tmp_path.iterdir()) == []
