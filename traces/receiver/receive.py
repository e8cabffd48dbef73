"""Receiving, as the process does that the user started: it starts the others and sees to it that they live."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from socket import socket

from traces.receiver.child import Role, Setup
from traces.receiver.claim import claimed
from traces.receiver.config import ReceiverConfig
from traces.receiver.counts import Counts, read_snapshots, total
from traces.receiver.errors import ReceiverError
from traces.receiver.listening import listen, url
from traces.receiver.processes import Process
from traces.receiver.stop_signals import StopSignals

_STORE_SECONDS = 90.0
_SILENT = "it did not say why"


@dataclass(frozen=True, kw_only=True)
class ReceiverReport:
    """What a receiver did in its life: its counts, its length in seconds, how often a process was replaced.

    ``complaints`` are the last words of the processes that complained, by name.
    """

    counts: Counts
    seconds: float
    restarts: int
    complaints: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Listening:
    """A receiver that takes requests: where, and its processes' ids by name."""

    url: str
    processes: dict[str, int]


def receive(config: ReceiverConfig, *, on_ready: Callable[[Listening], None] | None = None) -> ReceiverReport:
    """Receive until SIGINT or SIGTERM: then finish what has begun, index the rest and report.

    A second signal ends it at once; what was acknowledged is stored even so. ``on_ready`` is called when
    requests are taken. Blocks, in the main thread. Raises ``ReceiverError`` where the port is in use, another
    receiver has the store, or one of its processes keeps dying.
    """
    begin = time.monotonic()
    with ExitStack() as stack:
        folder = stack.enter_context(claimed(config.store))
        listeners = [stack.enter_context(listener) for listener in listen(config.host, config.port)]
        signals = stack.enter_context(StopSignals())
        crew = _Crew(_processes(config, listeners, folder), signals)
        stack.callback(crew.kill)
        crew.start()
        if crew.are_ready() and on_ready is not None:
            on_ready(Listening(url=url(config.host, listeners[0]), processes=crew.ids))
        crew.watch()
        for listener in listeners:
            listener.close()
        crew.finish("worker", config.stop_seconds + _STORE_SECONDS)
        crew.finish("indexer", None)
        counts = total(read_snapshots(folder)).counts
        complaints = crew.complaints
    return ReceiverReport(
        counts=counts, seconds=time.monotonic() - begin, restarts=crew.restarts, complaints=complaints
    )


def _processes(config: ReceiverConfig, listeners: Sequence[socket], folder: Path) -> list[Process]:
    numbers = tuple(listener.fileno() for listener in listeners)
    setup = Setup(config=config, counts=folder, listeners=numbers)
    found = [Process("worker", number, setup, folder) for number in range(1, config.workers + 1)]
    if config.index:
        found.append(Process("indexer", 1, Setup(config=config, counts=folder), folder))
    return found


class _Crew:
    """All processes of a receiver."""

    def __init__(self, processes: Sequence[Process], signals: StopSignals) -> None:
        self._processes = processes
        self._signals = signals

    @property
    def ids(self) -> dict[str, int]:
        return {found.name: found.process_id for found in self._processes if found.process_id is not None}

    @property
    def complaints(self) -> dict[str, str]:
        return {found.name: found.last_words for found in self._processes if found.last_words}

    @property
    def restarts(self) -> int:
        return sum(found.starts - 1 for found in self._processes)

    def start(self) -> None:
        for found in self._processes:
            found.start()

    def are_ready(self) -> bool:
        """Wait until all are; false where a signal comes first."""
        while not all(found.is_ready for found in self._processes):
            if self._signals.count:
                return False
            self._step()
            for found in self._processes:
                if found.cannot_start:
                    raise ReceiverError(f"{found.name} cannot start: {found.last_words or _SILENT}")
        return True

    def watch(self) -> None:
        """Replace who dies, until a signal comes."""
        while not self._signals.count:
            self._step()

    def finish(self, role: Role, seconds: float | None) -> None:
        """Let those of a role end by themselves; a second signal or the time's end kills them.

        An indexer that just died is started once more: the rest is to be indexed.
        """
        latest = None if seconds is None else time.monotonic() + seconds
        leaving = [found for found in self._processes if found.role == role]
        for found in leaving:
            if role == "indexer" and found.connection is None:
                found.start()
            found.tell_to_stop()
        while any(found.connection is not None for found in leaving):
            left = None if latest is None else latest - time.monotonic()
            if self._signals.count > 1 or (left is not None and left <= 0):
                break
            self._hear(left)
        for found in leaving:
            found.kill()

    def kill(self) -> None:
        for found in self._processes:
            found.kill()

    def _step(self) -> None:
        self._hear(self._pause())
        now = time.monotonic()
        for found in self._processes:
            if found.keeps_dying:
                raise ReceiverError(f"{found.name} keeps dying: {found.last_words or _SILENT}")
            if found.again_at is not None and found.again_at <= now:
                found.start()

    def _pause(self) -> float | None:
        times = [found.again_at for found in self._processes if found.again_at is not None]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _hear(self, seconds: float | None) -> None:
        speakers = {found.connection: found for found in self._processes if found.connection is not None}
        for ready in wait([*speakers, self._signals.fileno()], seconds):
            if isinstance(ready, Connection):
                speakers[ready].hear()
            else:
                self._signals.take()
