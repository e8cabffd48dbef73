"""The embedded index: SQLite with full-text search in one file, for one machine."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from traces.documents import clean, documents, run_fields
from traces.embedded_sql import (
    DOCUMENT_TEXTS,
    RUN_NUMBERS,
    RUN_TEXTS,
    SCHEMA,
    VERSION,
    facet_statement,
    select,
)
from traces.errors import QueryError, SegmentError
from traces.fields import FIELDS, field_named
from traces.index import Hit, Page, Query
from traces.run import Run

_BUSY_SECONDS = 30.0
_RUN_COLUMNS = (*RUN_TEXTS, *RUN_NUMBERS)
_FIELD_COLUMNS = (*(f'r."{name}"' for name in _RUN_COLUMNS), *(f'd."{name}"' for name in DOCUMENT_TEXTS))
_FIELD_NAMES = (*_RUN_COLUMNS, *DOCUMENT_TEXTS)


class EmbeddedIndex:
    """A ``TraceIndex`` in the SQLite file ``path`` (``:memory:`` for none); a context manager.

    It may be shared by threads, and its file by processes: one writes at a time, readers never wait.
    Hits come by relevance (BM25, https://www.sqlite.org/fts5.html) where the query has text, then by the
    run's start, its id and the span's place in it. Facets count spans. Raises ``SegmentError`` where the
    file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._reporting():
            if str(path) != ":memory:":
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(path)
        try:
            with self._reporting():
                self._prepare()
        except SegmentError:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; harmless when it is closed."""
        with self._lock, self._reporting():
            self._connection.close()

    def add(self, runs: Iterable[Run]) -> int:
        """Index runs, all or none; one that is there already is replaced. Returns how many spans were written."""
        with self._transaction():
            return sum(self._add(run) for run in runs)

    def search(self, query: Query) -> Page:
        """Answer a query; raises ``QueryError`` for a field, comparison or text that makes no sense."""
        selection = select(query)
        facets = {name: facet_statement(name, selection) for name in query.facets}
        columns = ", ".join(("d.run", "d.span_id", "d.name", selection.snippet, *_FIELD_COLUMNS))
        page = f"SELECT {columns} {selection.source} ORDER BY {selection.order} LIMIT ? OFFSET ?"
        with self._snapshot():
            (total,) = self._rows(f"SELECT count(*) {selection.source}", selection.parameters)[0]
            rows = self._rows(page, (*selection.parameters, query.limit, query.offset))
            counts = {name: dict(self._rows(facet, selection.parameters)) for name, facet in facets.items()}
        return Page(hits=tuple(_hit(row) for row in rows), total=total, facets=counts)

    def annotate(self, run_id: str, annotations: Mapping[str, Sequence[str]]) -> None:
        """Set each annotation of a run to exactly the given values; others stay, also if the run is added later."""
        with self._transaction():
            for name, values in annotations.items():
                self._annotate(run_id, name, values)

    def _add(self, run: Run) -> int:
        fields = run_fields(run)
        marks = ", ".join("?" for _ in _RUN_COLUMNS)
        self._rows("DELETE FROM documents WHERE run = ?", (fields["run"],))
        self._rows(
            f"INSERT OR REPLACE INTO runs VALUES ({marks})",  # noqa: S608
            tuple(fields[name] for name in _RUN_COLUMNS),
        )
        found = self._connection.executemany(
            "INSERT INTO documents (run, position, span_id, name, tool, model, error, text) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((fields["run"], *astuple(document)) for document in documents(run)),
        )
        return found.rowcount

    def _annotate(self, run_id: str, name: str, values: Sequence[str]) -> None:
        if field_named(name).kind != "annotation":
            valid = ", ".join(field.name for field in FIELDS if field.kind == "annotation")
            raise QueryError(f"{name} is no annotation; choose from {valid}")
        self._rows("DELETE FROM annotations WHERE run = ? AND field = ?", (run_id, name))
        self._connection.executemany(
            "INSERT OR IGNORE INTO annotations VALUES (?, ?, ?)",
            ((run_id, name, clean(value)) for value in values),
        )

    def _prepare(self) -> None:
        if self._version() == VERSION:
            return
        self._connection.execute("PRAGMA journal_mode = WAL")
        with self._transaction():
            version = self._version()
            if version == 0 and not self._rows("SELECT 1 FROM sqlite_master"):
                _create_tables(self._connection)
            elif version != VERSION:
                raise SegmentError(f"{self._path} is no index of this version; rebuild it by reindexing")

    def _version(self) -> int:
        (version,) = self._rows("PRAGMA user_version")[0]
        return int(version)

    def _rows(self, statement: str, parameters: Sequence[str | float] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, self._reporting():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """A read transaction, so that hits, total and facets speak of the same moment."""
        with self._lock, self._reporting():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.rollback()

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise SegmentError(f"the index {self._path} cannot be used: {error}") from error


def is_index(path: Path) -> bool:
    """Whether the file is an intact index of this version."""
    if not path.is_file():
        return False
    try:
        connection = _connect(path)
        try:
            return bool(connection.execute("PRAGMA user_version").fetchone() == (VERSION,))
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # The index is derived: after a loss of power it may lack the last runs, but it is not damaged.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _create_tables(connection: sqlite3.Connection) -> None:
    statement = ""
    # executescript would commit the transaction that keeps a second process out.
    for line in SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _hit(row: tuple[object, ...]) -> Hit:
    run_id, span_id, name, snippet, *values = row
    fields = {
        key: value
        for key, value in zip(_FIELD_NAMES, values, strict=True)
        if isinstance(value, (str, int, float)) and value != ""
    }
    return Hit(run_id=str(run_id), span_id=str(span_id), name=str(name), snippet=str(snippet), fields=fields)
