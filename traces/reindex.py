"""Rebuilding the embedded index from the segments that it is derived from."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from traces.embedded import EmbeddedIndex, is_index
from traces.errors import SegmentError
from traces.evaluations import apply_evaluations, evaluations_in
from traces.normal import assemble_all
from traces.segments import DamageReport, read_spans
from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class ReindexReport:
    """How many runs and spans the new index holds, and how many records could not be read."""

    runs: int
    spans: int
    damaged: int


def reindex(
    folder: Path,
    index_path: Path,
    *,
    annotations: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> ReindexReport:
    """Build an index of all runs of ``folder`` beside ``index_path`` and swap it in, all or nothing.

    ``annotations`` by run id (signals, patterns) go in with it; labels come from the evaluations among the
    spans. Who has the old index open goes on reading it until the swap, and the new one after it. The same
    segments give the same search results. Raises ``SegmentError`` and leaves the old index as it was.
    """
    damage = DamageReport()
    spans = tuple(read_spans(folder, damage=damage))
    runs = tuple(apply_evaluations(assemble_all(spans), spans))
    try:
        index_path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{index_path.name}-", dir=index_path.parent) as beside:
            new = Path(beside) / index_path.name
            with EmbeddedIndex(new) as index:
                written = index.add(runs)
                for run_id, values in _labels(spans).items():
                    index.annotate(run_id, {"label": values})
                for run_id, given in (annotations or {}).items():
                    index.annotate(run_id, given)
            _swap_in(new, index_path)
    except (sqlite3.Error, OSError) as error:
        raise SegmentError(f"cannot rebuild {index_path}: {error}") from error
    return ReindexReport(runs=len(runs), spans=written, damaged=damage.total)


def _labels(spans: Sequence[Span]) -> dict[str, list[str]]:
    labels: dict[str, list[str]] = {}
    for evaluation in evaluations_in(spans):
        if evaluation.label:
            labels.setdefault(evaluation.run_id, []).append(evaluation.label)
    return labels


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
