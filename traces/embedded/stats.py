"""What an index holds, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from traces.embedded.snapshot import Snapshot
from traces.embedded.terms import values_of

_COUNTED = ("source", "outcome", "agent")


@dataclass(frozen=True, kw_only=True)
class IndexStats:
    """Counts of runs and spans; ``others`` are traces that no agent left.

    ``runs_by`` counts runs by source, outcome and agent. ``size`` is the file's in bytes. ``start`` and
    ``end`` are Unix seconds, ``None`` for an empty index.
    """

    runs: int
    spans: int
    others: int
    size: int
    start: float | None = None
    end: float | None = None
    runs_by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def read_stats(snapshot: Snapshot) -> IndexStats:
    """The numbers of a snapshot."""
    spans = snapshot.run_column("spans")
    is_there = spans > 0
    is_run = is_there & (snapshot.run_column("agentic") > 0)
    pages, page_size = (
        snapshot.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return IndexStats(
        runs=int(np.count_nonzero(is_run)),
        spans=len(snapshot.all_spans()),
        others=int(np.count_nonzero(is_there & ~is_run)),
        size=int(pages * page_size),
        start=float(snapshot.run_column("time")[is_there].min()) if is_there.any() else None,
        end=float(snapshot.run_column("end")[is_there].max()) if is_there.any() else None,
        runs_by={name: _counts(snapshot, name, snapshot.run_column(name)[is_run]) for name in _COUNTED},
    )


def _counts(
    snapshot: Snapshot, name: str, codes: np.ndarray[tuple[int], np.dtype[np.int32]]
) -> dict[str, int]:
    counts = np.bincount(codes)
    found = np.flatnonzero(counts).tolist()
    values = values_of(snapshot.connection, name, found)
    pairs = [(values[code], int(counts[code])) for code in found]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
