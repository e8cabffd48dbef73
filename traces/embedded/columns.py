"""Fields as columns of numbers: stored in blocks with the rows, and held in memory to filter and count."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_FAMILY_SHIFT = 48
_COLUMN_SHIFT = 32


@dataclass(frozen=True, kw_only=True)
class Family:
    """Columns that share their positions: those of spans, by row id, or of runs, by run number.

    ``block`` rows are stored together: as much a small change must write anew.
    """

    number: int
    block: int
    dtypes: Mapping[str, str]

    def block_id(self, column: str, block: int) -> int:
        """The row of ``columns`` that holds a block."""
        place = tuple(self.dtypes).index(column)
        return self.number << _FAMILY_SHIFT | place << _COLUMN_SHIFT | block


RUN_TEXTS = (
    "outcome", "reason", "cause", "task", "group", "suite", "split", "arm", "experiment", "commit",
    "source", "agent", "conversation",
)  # fmt: skip
RUN_NUMBERS = ("seconds", "steps", "time", "end", "tokens", "cost")
SPAN_TEXTS = ("tool", "model", "error", "name", "kind")
INHERITED = -1  # a span's model code: that of its run's first model call

SPANS = Family(
    number=1,
    block=4096,
    dtypes={
        "run": "<i4",
        "tool": "<i4",
        "model": "<i4",
        "error": "<i4",
        "name": "<i4",
        "kind": "<i4",
        "start": "<i8",
        "duration": "<f8",
        "segment": "<i4",
    },
)
RUNS = Family(
    number=2,
    block=512,
    dtypes={
        **dict.fromkeys(RUN_TEXTS, "<i4"),
        **dict.fromkeys(RUN_NUMBERS, "<f8"),
        "first_model": "<i4",
        "spans": "<i4",
        "agentic": "<i4",
        "id_high": "<u8",
        "id_low": "<u8",
    },
)


def write_columns(
    connection: sqlite3.Connection,
    family: Family,
    positions: NDArray[np.int64],
    values: Mapping[str, Array],
    sequence: int,
) -> None:
    """Set the values at ``positions`` of some columns, within the open transaction."""
    if not len(positions):
        return
    blocks = positions // family.block
    for block in np.unique(blocks):
        chosen = blocks == block
        places = positions[chosen] - block * family.block
        for column, data in values.items():
            content = _content(connection, family, column, int(block))
            content[places] = data[chosen]
            connection.execute(
                "INSERT OR REPLACE INTO columns VALUES (?, ?)",
                (family.block_id(column, int(block)), content.tobytes()),
            )
        connection.execute(
            "INSERT OR REPLACE INTO stamps VALUES (?, ?, ?)", (family.number, int(block), sequence)
        )


def drop_blocks(connection: sqlite3.Connection, family: Family, before: int) -> None:
    """Forget all blocks that lie wholly before position ``before``."""
    for column in family.dtypes:
        connection.execute(
            "DELETE FROM columns WHERE id >= ? AND id < ?",
            (family.block_id(column, 0), family.block_id(column, before // family.block)),
        )
    connection.execute(
        "DELETE FROM stamps WHERE family = ? AND block < ?", (family.number, before // family.block)
    )


def _content(connection: sqlite3.Connection, family: Family, column: str, block: int) -> Array:
    row, dtype = family.block_id(column, block), family.dtypes[column]
    found = connection.execute("SELECT data FROM columns WHERE id = ?", (row,)).fetchone()
    return np.zeros(family.block, dtype) if found is None else np.frombuffer(found[0], dtype).copy()


class ColumnCache:
    """Columns in memory, brought up to date block by block; to be used within a read transaction.

    Position ``p`` of the tables is at ``p - base`` of an array.
    """

    def __init__(self, family: Family) -> None:
        self._family = family
        self._arrays: dict[str, Array] = {}
        self._seen = ("", -1)
        self.base = 0
        self._blocks = 0

    def refresh(self, connection: sqlite3.Connection, identity: str, sequence: int) -> None:
        """Take in what was written since the last time."""
        if self._seen == (identity, sequence):
            return
        first, last = connection.execute(
            "SELECT min(block), max(block) FROM stamps WHERE family = ?", (self._family.number,)
        ).fetchone()
        base, blocks = (0, 0) if first is None else (first * self._family.block, last - first + 1)
        if self._seen[0] != identity or base != self.base:
            self._arrays.clear()
        self.base, self._blocks = base, blocks
        changed = connection.execute(
            "SELECT block FROM stamps WHERE family = ? AND sequence > ?", (self._family.number, self._seen[1])
        ).fetchall()
        self._arrays = {
            column: self._reread(connection, column, [block for (block,) in changed])
            for column in self._arrays
        }
        self._seen = (identity, sequence)

    def column(self, connection: sqlite3.Connection, name: str) -> Array:
        """A whole column, as of the last ``refresh``; not to be changed."""
        found = self._arrays.get(name)
        if found is None:
            found = self._arrays[name] = self._read(connection, name)
        return found

    def _read(self, connection: sqlite3.Connection, name: str) -> Array:
        array = np.zeros(self._blocks * self._family.block, self._family.dtypes[name])
        first = self._family.block_id(name, self.base // self._family.block)
        rows = connection.execute(
            "SELECT id, data FROM columns WHERE id >= ? AND id < ?", (first, first + self._blocks)
        )
        for row, data in rows:
            begin = (row - first) * self._family.block
            array[begin : begin + self._family.block] = np.frombuffer(data, array.dtype)
        return array

    def _reread(self, connection: sqlite3.Connection, name: str, changed: list[int]) -> Array:
        old = self._arrays[name]
        size = self._blocks * self._family.block
        array = old if len(old) == size else np.zeros(size, old.dtype)
        if array is not old:
            array[: len(old)] = old
        for block in changed:
            begin = block * self._family.block - self.base
            array[begin : begin + self._family.block] = _content(connection, self._family, name, block)
        return array
