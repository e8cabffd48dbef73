"""Rows of spans: written in bulk, looked up and removed, with their words and their columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import orjson

from traces.documents import Document
from traces.embedded.columns import INHERITED, SPANS, Array, write_columns
from traces.embedded.heads import SpanId
from traces.embedded.summary import SpanNumbers
from traces.embedded.terms import TermWriter

_ROW_WEIGHT = 1_000  # characters: about what a row takes beside its text
_REMEMBERED = 20_000  # combinations of codes
_INSERT = "INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Place(NamedTuple):
    """Where a span's record lies; segment 0 stands for nowhere."""

    segment: int = 0
    offset: int = 0
    length: int = 0
    checksum: int = 0


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """What is known of a span that is in the index."""

    id: int
    place: Place
    numbers: SpanNumbers


@dataclass(slots=True)
class SpanRows:
    """Collects new spans and writes them together; a part of one transaction.

    ``weight`` grows with what waits to be written: by its characters, and by as many for each row.
    """

    connection: sqlite3.Connection
    terms: TermWriter
    sequence: int
    last: int
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _codes: list[tuple[Any, ...]] = field(default_factory=list)
    weight: int = 0
    _combinations: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict)

    def append(
        self,
        run: int,
        span: SpanId,
        parent: SpanId | None,
        place: Place,
        numbers: SpanNumbers,
        document: Document,
    ) -> None:
        """Take in a span that is not there yet."""
        self.last += 1
        segment, offset, length, checksum = place
        start, end, kind, tokens_in, tokens_out, cost = numbers
        text = document.text
        self._rows.append(
            (
                self.last, run, span, parent, segment, offset, length, checksum,
                start, end, kind, tokens_in, tokens_out, cost, text,
            )
        )  # fmt: skip
        texts = document.tool, document.model, document.error, document.name, document.kind
        codes = self._combinations.get(texts) or self._codes_of(texts)
        self._codes.append((run, *codes, start, document.duration, segment))
        self.weight += _ROW_WEIGHT + len(text)

    def _codes_of(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """The codes of tool, model, error, name and kind: the same few combinations again and again."""
        tool, model, error, name, kind = texts
        code = self.terms.code
        found = (
            code("tool", tool),
            code("model", model) if kind == "model" else INHERITED,
            code("error", error),
            code("name", name),
            code("kind", kind),
        )
        if len(self._combinations) >= _REMEMBERED:
            self._combinations.clear()
        self._combinations[texts] = found
        return found

    def flush(self) -> None:
        """Write what was collected."""
        if not self._rows:
            return
        self.connection.executemany(_INSERT, self._rows)
        # One statement for all is much faster than one for each.
        self.connection.execute(
            "INSERT INTO words (rowid, text) SELECT id, text FROM spans WHERE id BETWEEN ? AND ? AND text != ''",
            (self._rows[0][0], self.last),
        )
        columns = zip(SPANS.dtypes.items(), zip(*self._codes, strict=True), strict=True)
        values: dict[str, Array] = {name: np.array(data, dtype) for (name, dtype), data in columns}
        positions = np.arange(self._rows[0][0], self.last + 1, dtype=np.int64)
        write_columns(self.connection, SPANS, positions, values, self.sequence)
        self.connection.execute("UPDATE meta SET last_span = ?", (self.last,))
        self._rows.clear()
        self._codes.clear()
        self.weight = 0

    def find(self, run: int, span: SpanId) -> StoredSpan | None:
        """The span of a run, among those that were written."""
        row = self.connection.execute(
            "SELECT id, segment, place, length, checksum, start, end, kind, input, output, cost "
            "FROM spans WHERE run = ? AND span = ?",
            (run, span),
        ).fetchone()
        return None if row is None else StoredSpan(row[0], Place(*row[1:5]), SpanNumbers(*row[5:]))

    def set_place(self, id_: int, place: Place) -> None:
        """Note where a span lies that came without a place."""
        self.connection.execute(
            "UPDATE spans SET segment = ?, place = ?, length = ?, checksum = ? WHERE id = ?",
            (place.segment, place.offset, place.length, place.checksum, id_),
        )
        write_columns(
            self.connection, SPANS, np.array([id_]), {"segment": np.array([place.segment])}, self.sequence
        )

    def set_times(self, id_: int, start: int, end: int) -> None:
        """Give a span another start and end."""
        self.connection.execute("UPDATE spans SET start = ?, end = ? WHERE id = ?", (start, end, id_))
        values: dict[str, Array] = {"start": np.array([start]), "duration": np.array([(end - start) / 1e9])}
        write_columns(self.connection, SPANS, np.array([id_]), values, self.sequence)

    def remove(self, ids: Iterable[int]) -> None:
        """Remove spans with all that is kept of them, but not from their runs' summaries."""
        gone = sorted(ids)
        listed = orjson.dumps(gone).decode()
        self.connection.execute(
            "INSERT INTO words (words, rowid, text) SELECT 'delete', id, text FROM spans "
            "WHERE id IN (SELECT value FROM json_each(?)) AND text != '' ORDER BY id",
            (listed,),
        )
        self.connection.execute("DELETE FROM spans WHERE id IN (SELECT value FROM json_each(?))", (listed,))
        nothing = np.zeros(len(gone), np.int64)
        write_columns(
            self.connection,
            SPANS,
            np.array(gone, np.int64),
            dict.fromkeys(SPANS.dtypes, nothing),
            self.sequence,
        )


def ids_of_run(connection: sqlite3.Connection, run: int) -> Sequence[int]:
    """The row ids of a run's spans."""
    return [row[0] for row in connection.execute("SELECT id FROM spans WHERE run = ?", (run,))]
