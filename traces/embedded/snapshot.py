"""What a search reads: the columns of one moment, and the spans that are left to consider."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traces.embedded.columns import INHERITED, RUNS, SPANS, Array, ColumnCache
from traces.fields import Field


class Snapshot:
    """Columns of spans and runs, kept from search to search; used within a read transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._size = 0
        self._spans = ColumnCache(SPANS)
        self._runs = ColumnCache(RUNS)

    def refresh(self) -> None:
        """Take in what was written since the last time."""
        identity, sequence, last = self.connection.execute(
            "SELECT identity, sequence, last_span FROM meta"
        ).fetchone()
        self._spans.refresh(self.connection, identity, sequence)
        self._runs.refresh(self.connection, identity, sequence)
        self._size = last + 1 - self.base

    @property
    def base(self) -> int:
        """The row id of the first position of span columns."""
        return self._spans.base

    def span_column(self, name: str) -> Array:
        """A column of spans, by row id from ``base`` on."""
        return self._spans.column(self.connection, name)[: self._size]

    def run_column(self, name: str) -> Array:
        """A column of runs, by run number."""
        return self._runs.column(self.connection, name)

    def all_spans(self) -> Spans:
        """Every span there is."""
        run = self.span_column("run")
        positions = None if run.all() else np.flatnonzero(run)
        return Spans(snapshot=self, positions=positions)

    def spans_at(self, ids: NDArray[np.int64]) -> Spans:
        """The spans with these row ids."""
        return Spans(snapshot=self, positions=ids - self.base)


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Some spans, by their positions in the columns; ``None`` stands for all positions."""

    snapshot: Snapshot
    positions: NDArray[np.int64] | None

    def __len__(self) -> int:
        return len(self.snapshot.span_column("run")) if self.positions is None else len(self.positions)

    @property
    def places(self) -> NDArray[np.int64]:
        """The positions, each as a number."""
        return np.arange(len(self), dtype=np.int64) if self.positions is None else self.positions

    @property
    def ids(self) -> NDArray[np.int64]:
        """The row ids."""
        return self.places + self.snapshot.base

    @property
    def runs(self) -> Array:
        """The run numbers."""
        return self.stored("run")

    def stored(self, column: str) -> Array:
        """A column of spans as it is stored."""
        found = self.snapshot.span_column(column)
        return found if self.positions is None else found[self.positions]

    def codes(self, field: Field) -> Array:
        """The codes or numbers that the spans have in a field, those of their runs included."""
        if field.level == "run":
            return self.snapshot.run_column(field.name)[self.runs]
        found = self.stored(field.name)
        if field.name != "model":
            return found
        return np.where(found == INHERITED, self.snapshot.run_column("first_model")[self.runs], found)

    def where(self, mask: NDArray[np.bool_]) -> Spans:
        """Those for which ``mask`` is true."""
        positions = np.flatnonzero(mask) if self.positions is None else self.positions[mask]
        return Spans(snapshot=self.snapshot, positions=positions)
