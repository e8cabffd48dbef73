"""Rebuilding the embedded index from the segments that it is derived from."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex, is_index
from traces.errors import SegmentError
from traces.store import TraceStore


@dataclass(frozen=True, kw_only=True)
class ReindexReport:
    """How many runs and spans the new index holds, and how many records could not be read."""

    runs: int
    spans: int
    damaged: int


def reindex(
    source: Path | TraceStore,
    index_path: Path,
    *,
    annotations: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    progress: Callable[[int], None] | None = None,
) -> ReindexReport:
    """Build an index of all runs of a store beside ``index_path`` and swap it in, all or nothing.

    A path is a folder of our own segments alone. ``annotations`` by run id (signals, patterns) go in with
    it; labels come from the evaluations among the spans. Who has the old index open goes on reading it
    until the swap, and the new one after it. The same segments give the same search results. Raises
    ``SegmentError`` and leaves the old index as it was.
    """
    store = source if isinstance(source, TraceStore) else _OwnFolder(root=source)
    try:
        index_path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{index_path.name}-", dir=index_path.parent) as beside:
            new = Path(beside) / index_path.name
            with EmbeddedIndex(new) as index:
                damaged = catch_up(index, store, progress=progress).damaged
                index.annotate_all(annotations or {})
                stats = index.stats()
            _swap_in(new, index_path)
    except (sqlite3.Error, OSError) as error:
        raise SegmentError(f"cannot rebuild {index_path}: {error}") from error
    return ReindexReport(runs=stats.runs, spans=stats.spans, damaged=damaged)


@dataclass(frozen=True, kw_only=True)
class _OwnFolder(TraceStore):
    """A folder of segments as a store of its own."""

    @property
    def own(self) -> Path:
        return self.root

    @property
    def foreign(self) -> Path:
        return self.root / "none"


def _swap_in(new: Path, index_path: Path) -> None:
    if is_index(index_path):
        # Renaming over a file that others have open would leave them, and their write-ahead log, behind:
        # SQLite's own backup replaces the content in one transaction.
        with closing(sqlite3.connect(new)) as source, closing(sqlite3.connect(index_path)) as target:
            source.backup(target)
        return
    for leftover in ("-wal", "-shm"):
        Path(f"{index_path}{leftover}").unlink(missing_ok=True)
    new.replace(index_path)
