"""Catching up with the segments of a store, and building its index anew: how fast, and whether it slows down."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex
from traces.reindex import reindex
from traces.store import TraceStore

_SAY_EVERY = 100_000


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """How long it took to index ``spans``; ``marks`` are seconds and spans after each transaction."""

    spans: int
    runs: int
    seconds: float
    marks: tuple[tuple[float, int], ...]
    index_bytes: int

    @property
    def per_s(self) -> float:
        """Spans per second, over all."""
        return self.spans / self.seconds

    def window_per_s(self, first: int, last: int) -> float:
        """Spans per second between two numbers of spans."""
        return (last - first) / max(1e-9, self._moment(last) - self._moment(first))

    def _moment(self, spans: int) -> float:
        """When there were so many spans; in between two marks by their distance from both."""
        before, begin = 0, 0.0
        for seconds, count in (*self.marks[:-1], (self.seconds, self.spans)):
            if spans <= count:
                return begin + (seconds - begin) * (spans - before) / max(1, count - before)
            before, begin = count, seconds
        return self.seconds


def ingest(root: Path) -> Ingested:
    """Index all segments of a store, from nothing."""
    store = TraceStore(root=root)
    with EmbeddedIndex(store.index) as index:
        clock = _Clock()
        found = catch_up(index, store, progress=clock.note)
        seconds = clock.seconds
        size = index.stats().size
    return Ingested(
        spans=found.spans, runs=found.runs, seconds=seconds, marks=tuple(clock.marks), index_bytes=size
    )


def rebuild(root: Path) -> float:
    """Build the index anew from the segments and swap it in; returns spans per second."""
    store = TraceStore(root=root)
    clock = _Clock()
    report = reindex(store, store.index, progress=clock.note)
    return report.spans / clock.seconds


def windows(found: Ingested, sizes: Sequence[int]) -> dict[int, float]:
    """The rate in the window that ends at each number of spans and begins at a tenth less; all of it at the first."""
    first = min(sizes)
    return {
        size: found.window_per_s(0 if size == first else round(0.9 * size), size)
        for size in sizes
        if size <= found.spans
    }


class _Clock:
    """Notes how far the work is after each transaction, and says so now and then."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._begin = now()
        self.marks: list[tuple[float, int]] = []

    @property
    def seconds(self) -> float:
        return self._now() - self._begin

    def note(self, spans: int) -> None:
        before = self.marks[-1][1] if self.marks else 0
        self.marks.append((self.seconds, before + spans))
        if before // _SAY_EVERY != (before + spans) // _SAY_EVERY:
            sys.stderr.write(f"   {before + spans:,} spans after {self.seconds:.1f} s\n")
