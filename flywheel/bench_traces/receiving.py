"""Receive, durable, searchable: real receiver processes, from the first request until a search finds the last span."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flywheel.archive import open_archive
from flywheel.bench_traces.bodies import Bodies
from flywheel.bench_traces.cpu import tree_cpu_seconds
from flywheel.bench_traces.sending import Sender, sender
from flywheel.memory import tree_memory_mb
from traces.embedded import EmbeddedIndex
from traces.index import Query

_LOOK_SECONDS = 0.02
_SAMPLE_SECONDS = 0.25
_PATIENCE_SECONDS = 300.0
_STOP_SECONDS = 120.0
_END_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Received:
    """Seconds from the first request to the last acknowledgement, and to the last span's being found.

    ``peak_memory_mb`` is that of all processes of the receiver, in MiB; ``cpu_seconds`` is how long each of
    them had a core meanwhile, the busiest first.
    """

    spans: int
    durable_seconds: float
    searchable_seconds: float
    peak_memory_mb: float
    cpu_seconds: tuple[float, ...]

    @property
    def durable_per_s(self) -> float:
        """Spans per second, acknowledged."""
        return self.spans / self.durable_seconds

    @property
    def searchable_per_s(self) -> float:
        """Spans per second, found."""
        return self.spans / self.searchable_seconds


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """A receiver that takes requests at ``url``."""

    url: str
    process: subprocess.Popen[str]

    @property
    def memory_mb(self) -> float:
        """What all its processes hold now, in MiB; raises ``RuntimeError`` where it has ended."""
        if self.process.poll() is not None:
            raise RuntimeError("the receiver ended before it had everything")
        return tree_memory_mb(self.process.pid)


def receive_bodies(folder: Path, bodies: Bodies) -> Received:
    """Let a receiver of ``folder`` take all bodies; what is there already stays.

    Raises ``RuntimeError`` where not exactly the spans that were sent are in the index afterwards.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (
        running_receiver(folder) as receiver,
        sender(receiver.url, bodies) as sending,
        EmbeddedIndex(open_archive(folder).store.index) as index,
    ):
        before = index.stats().spans
        cpu_before = tree_cpu_seconds(receiver.process.pid)
        sending.go()
        peak = _watch(receiver, sending)
        sent = sending.result()
        found = _wait_until_found(index, bodies.markers)
        cpu = tree_cpu_seconds(receiver.process.pid)
        peak = max(peak, receiver.memory_mb)
        spans = index.stats().spans - before
    if spans != bodies.spans:
        raise RuntimeError(f"{bodies.spans} spans were sent, {spans} are in the index")
    return Received(
        spans=spans,
        durable_seconds=sent.end - sent.begin,
        searchable_seconds=found - sent.begin,
        peak_memory_mb=peak,
        cpu_seconds=_spent(cpu_before, cpu),
    )


def _spent(before: Mapping[int, float], after: Mapping[int, float]) -> tuple[float, ...]:
    return tuple(sorted((after[process] - before.get(process, 0.0) for process in after), reverse=True))


@contextmanager
def running_receiver(folder: Path) -> Iterator[Receiver]:
    """``flywheel traces receive`` as a user starts it, on a free port; it is stopped at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flywheel", "traces", "receive", "-C", str(folder), "--port", "0", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Receiver(url=_url_of(process), process=process)
        process.send_signal(signal.SIGINT)
        process.wait(_STOP_SECONDS)
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End a receiver at once: its second signal makes it take its processes along."""
    latest = time.monotonic() + _END_SECONDS
    while process.poll() is None and time.monotonic() < latest:
        process.send_signal(signal.SIGTERM)
        time.sleep(_LOOK_SECONDS)
    process.kill()
    process.communicate()


def _url_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if found := re.search(r"http://\S+?(?=;|\s|$)", line):
            return found[0]
    raise RuntimeError(f"the receiver does not start: {said.strip()}")


def _watch(receiver: Receiver, sending: Sender) -> float:
    peak = 0.0
    while not sending.is_done(_SAMPLE_SECONDS):
        peak = max(peak, receiver.memory_mb)
    return peak


def _wait_until_found(index: EmbeddedIndex, markers: Sequence[str]) -> float:
    """When the last span of every body was found, by ``time.monotonic``; those before it are then in, too."""
    latest = time.monotonic() + _PATIENCE_SECONDS
    for marker in markers:
        while not index.search(Query(text=marker, limit=1)).hits:
            if time.monotonic() > latest:
                raise RuntimeError("what was acknowledged cannot be found")
            time.sleep(_LOOK_SECONDS)
    return time.monotonic()
