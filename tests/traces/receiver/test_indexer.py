"""The indexer follows the segments, whoever writes them, and outlives an index that cannot be written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from traces.embedded import EmbeddedIndex
from traces.index import Query
from traces.receiver.child import Setup
from traces.receiver.config import ReceiverConfig
from traces.receiver.counts import read_snapshots, total
from traces.receiver.processes import Process
from traces.segments import SegmentWriter
from traces.store import TraceStore
from traces.testing import TraceBuilder

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def indexer(tmp_path: Path) -> Any:
    """An indexer of the store in the test's folder."""
    counts = tmp_path / "counts"
    counts.mkdir()
    config = ReceiverConfig(store=TraceStore(root=tmp_path))
    process = Process("indexer", 1, Setup(config=config, counts=counts), counts)
    yield process
    process.kill()


def _write(folder: Path, trace_id: str) -> None:
    with SegmentWriter(folder) as writer:
        writer.append(TraceBuilder(trace_id).span())


def _indexed(folder: Path, name: str) -> int:
    return total(read_snapshots(folder / "counts")).counts.indexed[name]


def test_our_own_runs_are_indexed_like_received_ones(
    indexer: Process, tmp_path: Path, wait_until: Wait
) -> None:
    """Those that were there, and those that come later; the rest at the end."""
    store = TraceStore(root=tmp_path)
    _write(store.own, "1" * 32)
    indexer.start()
    indexer.hear()
    wait_until(lambda: _indexed(tmp_path, "spans") == 1)
    _write(store.foreign, "2" * 32)
    wait_until(lambda: _indexed(tmp_path, "spans") == 2)
    _write(store.foreign, "3" * 32)
    indexer.tell_to_stop()
    indexer.hear()

    with EmbeddedIndex(store.index) as index:
        assert {hit.run_id for hit in index.search(Query()).hits} == {"1" * 32, "2" * 32, "3" * 32}


def test_an_index_that_cannot_be_written_is_tried_again(
    indexer: Process, tmp_path: Path, wait_until: Wait
) -> None:
    """The error is counted and told; when the cause is gone, what came meanwhile is indexed."""
    store = TraceStore(root=tmp_path)
    indexer.start()
    indexer.hear()
    with closing(sqlite3.connect(store.index, isolation_level=None)) as other:
        other.execute("ALTER TABLE spans RENAME TO elsewhere")
        _write(store.foreign, "1" * 32)
        wait_until(lambda: _indexed(tmp_path, "errors") == 1)
        other.execute("ALTER TABLE elsewhere RENAME TO spans")
    wait_until(lambda: _indexed(tmp_path, "spans") == 1)

    assert "cannot be used" in indexer.last_words
    assert indexer.process_id is not None


def test_a_file_that_is_no_index_is_a_clear_end(indexer: Process, tmp_path: Path) -> None:
    """It cannot start."""
    (tmp_path / "index.sqlite").write_text("no index at all, but long enough to be looked at" * 50)
    indexer.start()
    indexer.hear()

    assert indexer.cannot_start
    assert "index.sqlite" in indexer.last_words
