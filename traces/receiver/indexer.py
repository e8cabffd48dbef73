"""A process that brings the index up to date with the segments, again and again."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex
from traces.errors import SegmentError
from traces.receiver.child import READY, Setup, begin, is_told_to_stop
from traces.receiver.complaints import Complaints
from traces.receiver.counts import Counts, CountsFile, Snapshot
from traces.receiver.upkeep import Upkeep
from traces.store import TraceStore

_WAIT_SECONDS = 0.15
_RETRY_SECONDS = 0.5

Sizes = dict[str, int]


def main(connection_number: int) -> None:
    """Index until the parent says stop, and then the rest."""
    connection, setup = begin(connection_number)
    _Indexer(setup).run(connection)


class _Indexer:
    def __init__(self, setup: Setup) -> None:
        self._store = setup.config.store
        self._upkeep = Upkeep(setup.config)
        self._file = CountsFile(setup.counts)
        self._counts = Counts()
        self._complaints = Complaints()
        self._sizes: Sizes = {}
        self._seen: Sizes = {}
        self._behind_since: float | None = None
        self._again_at = 0.0

    def run(self, connection: Connection) -> None:
        with EmbeddedIndex(self._store.index) as index:
            connection.send(READY)
            while not (connection.poll(_WAIT_SECONDS) and is_told_to_stop(connection)):
                if time.monotonic() >= self._again_at:
                    self._try(index)
            self._try(index)
        self._file.write(Snapshot(counts=self._counts))

    def _try(self, index: EmbeddedIndex) -> None:
        try:
            self._catch_up(index)
            if self._upkeep.is_due:
                self._counts.kept.update(self._upkeep.work())
        except SegmentError as error:
            # A full disk, or somebody who holds the index: receiving goes on, and this is tried again.
            self._complaints.write(error, whole=False)
            self._counts.indexed["errors"] += 1
            self._again_at = time.monotonic() + _RETRY_SECONDS

    def _catch_up(self, index: EmbeddedIndex) -> None:
        self._sizes = _sizes(self._store)
        if self._sizes == self._seen:
            return
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        self._progress(0)
        found = catch_up(index, self._store, progress=self._progress)
        self._counts.indexed.update(
            spans=found.spans,
            runs=found.runs,
            duplicates=found.duplicates,
            damaged=found.damaged,
            ignored=found.ignored,
        )
        self._seen = self._sizes
        self._behind_since = None
        self._progress(0)

    def _progress(self, spans: int) -> None:
        self._counts.indexed["read"] += spans
        since = self._behind_since
        behind = sum(self._sizes.values()) - sum(self._seen.values())
        now = {
            "index_behind_bytes": max(0, behind),
            "index_behind_seconds": 0.0 if since is None else round(time.monotonic() - since, 3),
        }
        self._file.write(Snapshot(counts=self._counts, now=now))


def _sizes(store: TraceStore) -> Sizes:
    """How long each file of the store's segments is: what has changed shows there."""
    return {path: size for folder in (store.own, store.foreign) for path, size in _entries(folder)}


def _entries(folder: Path) -> list[tuple[str, int]]:
    try:
        with os.scandir(folder) as entries:
            return [(entry.path, entry.stat().st_size) for entry in entries if entry.is_file()]
    except FileNotFoundError:
        return []
