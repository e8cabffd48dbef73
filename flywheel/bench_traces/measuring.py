"""The order in which all is measured, each part in processes of its own and a folder that is gone afterwards."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from flywheel.archive import open_archive
from flywheel.bench_traces.bodies import Bodies, make_bodies
from flywheel.bench_traces.figures import Figures, Grown, Load, commit
from flywheel.bench_traces.fresh import Worked, in_fresh_process
from flywheel.bench_traces.ingesting import Ingested, ingest, rebuild
from flywheel.bench_traces.limit import limit_seconds
from flywheel.bench_traces.phoenix import PhoenixReceived, phoenix_python, phoenix_receives
from flywheel.bench_traces.plan import Plan
from flywheel.bench_traces.quiet import Quiet
from flywheel.bench_traces.receiving import Received, receive_bodies
from flywheel.bench_traces.searching import search_all
from flywheel.bench_traces.store import fill_store
from flywheel.errors import FlywheelError
from flywheel.observer import Observer

_BUSY = 0.7
_SMALL_BYTES, _LARGE_BYTES = 1024, 10_240
# Seeds: no two loads share an id.
_SMALL, _LARGE, _ADDED, _WARM, _STORES = 1, 2, 3, 4, 100


def measure(plan: Plan, folder: Path, observer: Observer, *, quick: bool = False) -> Figures:
    """Measure everything, with ``folder`` for what must be on a disk.

    Raises ``FlywheelError`` where there is not enough room, ``RuntimeError`` where a part fails.
    """
    _require_room(folder, plan)
    begin = time.monotonic()
    with LoadWatch() as watch:
        work = _Measuring(plan, folder, observer)
        small, large = (
            work.make("small", plan.small, _SMALL_BYTES, _SMALL),
            work.make("large", plan.large, _LARGE_BYTES, _LARGE),
        )
        limits, received, received_large = work.receive(small, large)
        phoenix = work.phoenix()
        added = work.make("added", plan.added, _SMALL_BYTES, _ADDED)
        grown = tuple(work.grow(size, added) for size in plan.sizes)
    return Figures(
        limits=limits,
        received=received,
        received_large=received_large,
        span_bytes=small.span_bytes,
        large_span_bytes=large.span_bytes,
        phoenix=phoenix,
        grown=grown,
        load=watch.load,
        waited_seconds=work.quiet.waited_seconds,
        seconds=time.monotonic() - begin,
        quick=quick,
        commit=commit(),
    )


@dataclass(frozen=True, kw_only=True)
class _Repeated:
    ingested: tuple[Ingested, ...]
    peak_memory_mb: float


class _Measuring:
    def __init__(self, plan: Plan, folder: Path, observer: Observer) -> None:
        self._plan = plan
        self._folder = folder
        self._observer = observer
        self.quiet = Quiet(plan.patience_seconds)

    def make(self, name: str, spans: int, span_bytes: int, seed: int) -> Bodies:
        self._observer.stage(f"make {spans:,} spans of {span_bytes // 1024} KB")
        return make_bodies(self._folder / name, spans, seed=seed, span_bytes=span_bytes)

    def receive(
        self, small: Bodies, large: Bodies
    ) -> tuple[tuple[float, ...], tuple[Received, ...], tuple[Received, ...]]:
        """Limit and receiver in turn, so that both meet the same machine."""
        limits: list[float] = []
        received: list[Received] = []
        received_large: list[Received] = []
        for number in range(1, self._plan.repetitions + 1):
            self._observer.stage(f"the bare limit and the receiver, {number} of {self._plan.repetitions}")
            self._wait()
            with self._room("limit") as room:
                seconds = in_fresh_process(limit_seconds, small.folder, room / "limit.sqlite").result
            limits.append(small.spans / seconds)
            self._observer.note(f"limit: {limits[-1]:,.0f} spans/s")
            received.append(self._received(small, "1 KB"))
            received_large.append(self._received(large, "10 KB"))
        return tuple(limits), tuple(received), tuple(received_large)

    def phoenix(self) -> PhoenixReceived | None:
        python = phoenix_python()
        if python is None:
            self._observer.note("Phoenix is not installed here, nor named by BENCH_PHOENIX_PYTHON")
            return None
        warm = self.make("warm", self._plan.warm, _SMALL_BYTES, _WARM)
        bodies = self.make("same", self._plan.phoenix, _SMALL_BYTES, _SMALL)
        self._observer.stage(f"Phoenix takes {bodies.spans:,} of the same spans")
        self._wait()
        with self._room("phoenix") as room:
            found = phoenix_receives(python, room / "work", warm, bodies)
        self._observer.note(
            f"Phoenix: {found.durable_per_s:,.0f} acknowledged, {found.searchable_per_s:,.0f} queryable spans/s"
        )
        return found

    def grow(self, spans: int, added: Bodies) -> Grown:
        with self._room(f"store-{spans}") as room:
            self._observer.stage(f"write {spans:,} spans")
            root = open_archive(room).store.root
            store_per_s = fill_store(root, spans, seed=_STORES)
            ingested = self._ingest(root, spans)
            self._observer.stage(f"search {spans:,} spans")
            self._wait()
            searched = in_fresh_process(
                search_all, root, queries=self._plan.queries, passes=self._plan.passes
            ).result
            rebuilt = self._rebuild(root, spans)
            self._observer.stage(f"receive on top of {spans:,} spans")
            received = self._received(added, "1 KB", room)
        return Grown(
            spans=spans,
            store_per_s=store_per_s,
            ingested=ingested.ingested,
            ingest_memory_mb=ingested.peak_memory_mb,
            searched=searched,
            reindex_per_s=tuple(found.result for found in rebuilt),
            reindex_memory_mb=max(found.peak_memory_mb for found in rebuilt),
            received=received,
        )

    def _ingest(self, root: Path, spans: int) -> _Repeated:
        found: list[Worked[Ingested]] = []
        for number in range(self._times(spans)):
            self._observer.stage(f"index {spans:,} spans, {number + 1} of {self._times(spans)}")
            self._wait()
            for leftover in root.glob("index.sqlite*"):
                leftover.unlink()
            found.append(in_fresh_process(ingest, root))
            self._observer.note(f"{found[-1].result.per_s:,.0f} spans/s, {found[-1].peak_memory_mb:,.0f} MiB")
        return _Repeated(
            ingested=tuple(one.result for one in found),
            peak_memory_mb=max(one.peak_memory_mb for one in found),
        )

    def _rebuild(self, root: Path, spans: int) -> list[Worked[float]]:
        self._observer.stage(f"build the index of {spans:,} spans anew")
        self._wait()
        return [in_fresh_process(rebuild, root) for _ in range(self._times(spans))]

    def _times(self, spans: int) -> int:
        return 1 if spans == self._plan.sizes[-1] else self._plan.repetitions

    def _received(self, bodies: Bodies, size: str, room: Path | None = None) -> Received:
        if room is None:
            with self._room("receiver") as fresh:
                return self._received(bodies, size, fresh)
        self._wait()
        found = receive_bodies(room, bodies)
        self._observer.note(
            f"{size}: {found.durable_per_s:,.0f} acknowledged, {found.searchable_per_s:,.0f} searchable spans/s, "
            f"{found.peak_memory_mb:,.0f} MiB"
        )
        return found

    def _wait(self) -> None:
        idle = self.quiet.wait()
        if idle < _BUSY:
            self._observer.note(f"others are using {1 - idle:.0%} of the machine")

    @contextmanager
    def _room(self, name: str) -> Iterator[Path]:
        room = self._folder / name
        room.mkdir()
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)


class LoadWatch:
    """Notes the load average of one minute now and then; a context manager."""

    def __init__(self, *, every_seconds: float = 5.0) -> None:
        self._every = every_seconds
        self._before = self._highest = os.getloadavg()[0]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="load-watch", daemon=True)

    @property
    def load(self) -> Load:
        """What was seen so far."""
        return Load(before=round(self._before, 2), highest=round(self._highest, 2))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stopped.wait(self._every):
            self._highest = max(self._highest, os.getloadavg()[0])


def _require_room(folder: Path, plan: Plan) -> None:
    free = shutil.disk_usage(folder).free
    if free < plan.disk_bytes:
        raise FlywheelError(
            f"{folder} has {free / 1e9:.0f} GB free, and {plan.disk_bytes / 1e9:.0f} GB are needed; "
            "name another folder in TMPDIR, or measure fewer with --spans"
        )
