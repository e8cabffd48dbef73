"""What was received is compressed and, where a limit is set, deleted."""

from __future__ import annotations

from pathlib import Path

from traces.receiver.config import ReceiverConfig
from traces.receiver.upkeep import Upkeep
from traces.segments import SegmentWriter, read_spans
from traces.store import TraceStore
from traces.testing import TraceBuilder

_HOUR = 3600.0


def _store(folder: Path) -> TraceStore:
    store = TraceStore(root=folder)
    for number, place in enumerate((store.own, store.foreign)):
        with SegmentWriter(place) as writer:
            writer.append(TraceBuilder(f"{number + 1:032x}").span())
    return store


def test_closed_segments_are_compressed(tmp_path: Path) -> None:
    """Those that were received; what they hold stays readable."""
    store = _store(tmp_path)

    done = Upkeep(ReceiverConfig(store=store)).work()

    assert done == {"compressed_segments": 1, "deleted_segments": 0}
    assert [path.suffix for path in store.foreign.iterdir()] == [".zst"]
    assert [path.suffix for path in store.own.iterdir()] == [".segment"]
    assert len(list(read_spans(store.foreign))) == 1


def test_old_segments_are_deleted_where_that_is_asked_for(tmp_path: Path) -> None:
    """But never those of our own runs."""
    store = _store(tmp_path)
    config = ReceiverConfig(store=store, compress=False, keep_seconds=_HOUR)
    written_ns = next(store.foreign.iterdir()).stat().st_mtime_ns

    early = Upkeep(config, now_ns=lambda: written_ns + 10**9).work()
    late = Upkeep(config, now_ns=lambda: written_ns + int(2 * _HOUR) * 10**9).work()

    assert (early["deleted_segments"], late["deleted_segments"]) == (0, 1)
    assert len(list(store.own.iterdir())) == 1


def test_it_is_due_once_a_minute(tmp_path: Path) -> None:
    """Not at the start: who starts a receiver wants to send."""
    now = [0.0]
    upkeep = Upkeep(ReceiverConfig(store=TraceStore(root=tmp_path / "none")), clock=lambda: now[0])
    assert not upkeep.is_due

    now[0] = 61.0

    assert upkeep.is_due
    assert upkeep.work() == {}
    assert not upkeep.is_due
