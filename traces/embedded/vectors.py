"""Vectors of runs: kept as they are given, compared by their angle."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from traces.errors import QueryError

Vector = NDArray[np.float32]


def set_vector(connection: sqlite3.Connection, run: int, vector: Sequence[float], sequence: int) -> None:
    """Give a run its vector; raises ``QueryError`` where it is not as long as the others."""
    array = as_vector(connection, vector)
    connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (run, array.tobytes()))
    connection.execute("UPDATE meta SET dimensions = ?, vectors = ?", (len(array), sequence))


def as_vector(connection: sqlite3.Connection, vector: Sequence[float]) -> Vector:
    """The vector as numbers; raises ``QueryError`` where the index cannot hold or compare it."""
    array = np.asarray(vector, np.float32)
    (dimensions,) = connection.execute("SELECT dimensions FROM meta").fetchone()
    if dimensions and len(array) != dimensions:
        raise QueryError(f"a vector of this index has {dimensions} numbers, not {len(array)}")
    if not len(array) or not np.isfinite(array).all():
        raise QueryError("a vector consists of finite numbers, at least one")
    return array


class VectorCache:
    """All vectors in memory, each of length one, read anew when one has changed."""

    def __init__(self) -> None:
        self._seen: tuple[str, int] | None = None
        self._runs = np.zeros(0, np.int64)
        self._matrix = np.zeros((0, 0), np.float32)

    def similarities(
        self, connection: sqlite3.Connection, near: Sequence[float], runs: int
    ) -> NDArray[np.float32]:
        """For each of ``runs`` run numbers the cosine similarity to ``near``; not a number without a vector."""
        self._refresh(connection)
        wanted = _unit(as_vector(connection, near).reshape(1, -1))[0]
        found = np.full(runs, np.nan, np.float32)
        if len(self._runs):
            found[self._runs] = np.clip(self._matrix @ wanted, -1.0, 1.0)
        return found

    def _refresh(self, connection: sqlite3.Connection) -> None:
        seen = connection.execute("SELECT identity, vectors FROM meta").fetchone()
        if seen == self._seen:
            return
        rows = connection.execute("SELECT run, vector FROM vectors").fetchall()
        self._runs = np.array([run for run, _ in rows], np.int64)
        if rows:
            numbers = np.frombuffer(b"".join(data for _, data in rows), np.float32)
            self._matrix = _unit(numbers.reshape(len(rows), -1))
        self._seen = seen


def _unit(matrix: Vector) -> Vector:
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: Vector = np.divide(matrix, lengths, out=np.zeros_like(matrix), where=lengths > 0)
    return unit
