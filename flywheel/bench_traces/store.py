"""A store of so many spans, written as the receiver writes them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from flywheel.bench_traces.fresh import in_fresh_processes
from flywheel.bench_traces.workload import SPANS_OF_A_BODY, Workload
from traces.receiver.delivery import Delivery, open_delivery
from traces.redaction import Redactor
from traces.segments import SegmentWriter
from traces.store import TraceStore

_WRITERS = 2
_LARGEST_BODY = 64 << 20


def fill_store(root: Path, spans: int, *, seed: int) -> float:
    """Write segments with so many spans of 1 KB; returns how many of them one process stores per second.

    Decoding, translation and redaction are counted, making the bodies is not.
    """
    share, rest = divmod(spans, _WRITERS)
    parts = [(root, share + (rest if not part else 0), seed + part) for part in range(_WRITERS)]
    seconds = in_fresh_processes(write_segments, [part for part in parts if part[1]])
    return spans / sum(seconds)


def write_segments(root: Path, spans: int, seed: int) -> float:
    """Write so many spans in this process; returns the seconds that it took to store them."""
    seconds = 0.0
    with SegmentWriter(TraceStore(root=root).foreign, redactor=Redactor(), name="received") as writer:
        for body in _bodies(spans, seed):
            begin = time.perf_counter()
            delivery = Delivery(signal="traces", body=body, json=False)
            writer.append_many(open_delivery(delivery, limit=_LARGEST_BODY).spans)
            seconds += time.perf_counter() - begin
    return seconds


def _bodies(spans: int, seed: int) -> Iterator[bytes]:
    workload = Workload(seed=seed)
    for start in range(0, spans, SPANS_OF_A_BODY):
        yield workload.body(min(SPANS_OF_A_BODY, spans - start))
