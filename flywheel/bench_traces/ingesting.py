"""Catching up with the segments of a store, and building its index anew: how fast, and whether it slows down."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex
from traces.reindex import reindex
from traces.store import TraceStore

_SAY_EVERY = 100_000


class Mark(NamedTuple):
    """How many spans were indexed after so many seconds, of which the process had a core for ``cpu_seconds``."""

    spans: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """How long it took to index ``spans``; ``marks`` were made after each transaction, the last one at the end."""

    spans: int
    runs: int
    marks: tuple[Mark, ...]
    index_bytes: int

    @property
    def per_s(self) -> float:
        """Spans per second, over all."""
        return self.window(0, self.spans).per_s

    def window(self, first: int, last: int) -> Window:
        """What happened between two numbers of spans."""
        begin, end = self._moment(first), self._moment(last)
        return Window(
            spans=last - first,
            seconds=end.seconds - begin.seconds,
            cpu_seconds=end.cpu_seconds - begin.cpu_seconds,
        )

    def _moment(self, spans: int) -> Mark:
        """When there were so many spans; in between two marks time passes evenly."""
        before = Mark(0, 0.0, 0.0)
        for mark in self.marks:
            if spans <= mark.spans:
                part = (spans - before.spans) / max(1, mark.spans - before.spans)
                return Mark(
                    spans,
                    before.seconds + part * (mark.seconds - before.seconds),
                    before.cpu_seconds + part * (mark.cpu_seconds - before.cpu_seconds),
                )
            before = mark
        return before


@dataclass(frozen=True, kw_only=True)
class Window:
    """How long so many spans took."""

    spans: int
    seconds: float
    cpu_seconds: float

    @property
    def per_s(self) -> float:
        """Spans per second."""
        return self.spans / max(self.seconds, 1e-9)

    @property
    def cpu_us(self) -> float:
        """Microseconds of a core for each span: what others do on the machine hardly changes it."""
        return 1e6 * self.cpu_seconds / max(self.spans, 1)


def ingest(root: Path) -> Ingested:
    """Index all segments of a store, from nothing."""
    store = TraceStore(root=root)
    with EmbeddedIndex(store.index) as index:
        clock = _Clock()
        found = catch_up(index, store, progress=clock.note)
        clock.end()
        size = index.stats().size
    return Ingested(spans=found.spans, runs=found.runs, marks=tuple(clock.marks), index_bytes=size)


def rebuild(root: Path) -> float:
    """Build the index anew from the segments and swap it in; returns spans per second."""
    store = TraceStore(root=root)
    clock = _Clock()
    report = reindex(store, store.index, progress=clock.note)
    clock.end()
    return report.spans / clock.marks[-1].seconds


def windows(found: Ingested, ends: Sequence[int]) -> dict[int, Window]:
    """The windows that end at these numbers of spans, ascending, and begin where the one before ends."""
    return {end: found.window(begin, end) for begin, end in pairwise((0, *ends)) if end <= found.spans}


class _Clock:
    """Notes how far the work is after each transaction, and says so now and then."""

    def __init__(self) -> None:
        self._begin = time.perf_counter(), time.process_time()
        self.marks: list[Mark] = []

    def note(self, spans: int) -> None:
        before = self.marks[-1].spans if self.marks else 0
        self.marks.append(self._mark(before + spans))
        if before // _SAY_EVERY != (before + spans) // _SAY_EVERY:
            sys.stderr.write(f"   {before + spans:,} spans after {self.marks[-1].seconds:.1f} s\n")

    def end(self) -> None:
        self.marks[-1] = self._mark(self.marks[-1].spans)

    def _mark(self, spans: int) -> Mark:
        return Mark(spans, time.perf_counter() - self._begin[0], time.process_time() - self._begin[1])
