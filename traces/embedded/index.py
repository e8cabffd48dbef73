"""The embedded index as its users see it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from traces.documents import clean, clean_field
from traces.embedded.annotating import check_annotation, set_annotation
from traces.embedded.conditions import runs_that_hold
from traces.embedded.places import known_checksums, read_run
from traces.embedded.schema import VERSION, connect, create_tables, version_of
from traces.embedded.searching import Search, check_query
from traces.embedded.snapshot import Snapshot
from traces.embedded.stats import IndexStats, read_stats
from traces.embedded.terms import TermWriter
from traces.embedded.vectors import VectorCache, set_vector
from traces.embedded.verdicts import Verdict
from traces.embedded.writing import Reread, SpanWriter, drop_runs
from traces.errors import QueryError, SegmentError
from traces.fields import FIELDS
from traces.index import Page, Query, Where
from traces.run import Run
from traces.span import Span
from traces.store import TraceStore
from traces.where import check_where


class EmbeddedIndex:
    """A ``TraceIndex`` in the SQLite file ``path`` (``:memory:`` for none); a context manager.

    It may be shared by threads, and its file by processes: one writes at a time, readers never wait.
    Hits come by relevance (BM25, https://www.sqlite.org/fts5.html) where the query has text and few match,
    else the newest run first; then by the run's id and the span's place in it. Facets count spans or,
    by run, runs. Raises ``SegmentError`` where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._reporting():
            if str(path) != ":memory:":
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = connect(path)
        self._snapshot = Snapshot(self._connection)
        self._vectors = VectorCache()
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
        written = 0
        with self.writing() as writer:
            for run in runs:
                verdict = Verdict(outcome=run.outcome.value, reason=clean_field(run.reason))
                written += writer.replace_run(run.run_id, run.spans, verdict)
        return written

    def search(self, query: Query) -> Page:
        """Answer a query; raises ``QueryError`` for a field, comparison or text that makes no sense."""
        check_query(query)
        with self.reading() as snapshot:
            return Search(query, snapshot, self._vectors).page()

    def annotate(
        self,
        run_id: str,
        annotations: Mapping[str, Sequence[str]],
        *,
        vector: Sequence[float] | None = None,
    ) -> None:
        """Set each annotation of a run to exactly the given values; others stay, also if the run is added later.

        Raises ``QueryError`` for a field that is no annotation, or a vector that does not fit the others.
        """
        self.annotate_all({run_id: annotations}, vectors={} if vector is None else {run_id: vector})

    def annotate_all(
        self,
        annotations: Mapping[str, Mapping[str, Sequence[str]]],
        *,
        vectors: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        """As ``annotate``, for many runs at once."""
        for name in {name for given in annotations.values() for name in given}:
            check_annotation(name)
        with self.writing() as writer:
            terms = TermWriter(self._connection)
            for run_id, given in annotations.items():
                run = writer.touch(clean(run_id))
                for name, values in given.items():
                    set_annotation(self._connection, terms, run, name, values)
            for run_id, vector in (vectors or {}).items():
                set_vector(self._connection, writer.touch(clean(run_id)), vector, writer.sequence)

    def delete(self, where: Sequence[Where]) -> int:
        """Remove the runs for which all conditions hold, at least one; returns how many runs went.

        The conditions are on fields of runs. What the segments hold of them comes back with a reindex.
        """
        _check_deletion(where)
        with self._transaction():
            # Looked for before the change has its number: columns that are read are as of the one before.
            found = self._matching(where)
            writer = SpanWriter(self._connection)
            deleted = drop_runs(writer, found)
            writer.finish()
            return deleted

    def known(self, ids: Sequence[tuple[str, str]]) -> dict[tuple[str, str], frozenset[int]]:
        """Of these trace and span ids, those that are there, with the checksums of the stored records.

        There is one for each version of a span; it is 0 for a span that was added without its record.
        """
        with self.reading():
            return known_checksums(self._connection, ids)

    def run_spans(self, run_id: str, store: TraceStore) -> tuple[Span, ...]:
        """The spans of a run, read from the segments; none for a run that is not there.

        Of several versions of a span, the one that counts. Raises ``SegmentError`` where a segment that the
        index knows is damaged or gone.
        """
        with self.reading():
            return read_run(self._connection, clean(run_id), store)

    def run_ids(self, prefix: str = "") -> tuple[str, ...]:
        """The ids of all traces that begin so, agents' or not, in order."""
        with self.reading():
            rows = self._connection.execute(
                "SELECT run FROM runs WHERE spans > 0 AND run >= ? AND run < ? ORDER BY run",
                (clean(prefix), clean(prefix) + "\U0010ffff"),
            ).fetchall()
        return tuple(row[0] for row in rows)

    def changed_since(self, sequence: int) -> tuple[tuple[str, ...], int]:
        """The ids of the runs that changed since, oldest change first, and the sequence to ask with next.

        Begin with 0. A run that was deleted is among them, and ``run_ids`` no longer knows it.
        """
        with self.reading():
            (now,) = self._connection.execute("SELECT sequence FROM meta").fetchone()
            rows = self._connection.execute(
                "SELECT run FROM runs WHERE sequence > ? ORDER BY sequence, number", (sequence,)
            ).fetchall()
        return tuple(row[0] for row in rows), int(now)

    def note(self, name: str) -> str:
        """What ``set_note`` last put under the name; empty where there is nothing."""
        with self.reading():
            row = self._connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def set_note(self, name: str, value: str) -> None:
        """Keep a text in the index, for who must know how far it dealt with it; it is gone with the index."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def stats(self) -> IndexStats:
        """What the index holds."""
        with self.reading() as snapshot:
            return read_stats(snapshot)

    @contextmanager
    def writing(self, *, reread: Reread | None = None) -> Iterator[SpanWriter]:
        """A transaction that takes in spans, all or none."""
        with self._transaction():
            writer = SpanWriter(self._connection, reread=reread)
            yield writer
            writer.finish()

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """A read transaction, so that hits, total and facets speak of the same moment."""
        with self._lock, self._reporting():
            self._connection.execute("BEGIN")
            try:
                self._snapshot.refresh()
                yield self._snapshot
            finally:
                self._connection.rollback()

    @property
    def identity(self) -> str:
        """Tells this index from one that was built before or after it in the same place."""
        with self.reading():
            return str(self._connection.execute("SELECT identity FROM meta").fetchone()[0])

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for what keeps its own tables within ``writing``."""
        return self._connection

    def _matching(self, where: Sequence[Where]) -> list[str]:
        self._snapshot.refresh()
        mask = runs_that_hold(self._snapshot, where)
        assert mask is not None
        numbers = (mask & (self._snapshot.run_column("spans") > 0)).nonzero()[0].tolist()
        statement = "SELECT run FROM runs WHERE number = ?"
        return [self._connection.execute(statement, (number,)).fetchone()[0] for number in numbers]

    def _prepare(self) -> None:
        if version_of(self._connection) == VERSION:
            return
        self._connection.execute("PRAGMA journal_mode = WAL")
        with self._transaction():
            version = version_of(self._connection)
            if version == 0 and not self._connection.execute("SELECT 1 FROM sqlite_master").fetchall():
                create_tables(self._connection)
            elif version != VERSION:
                raise SegmentError(f"{self._path} is no index of this version; rebuild it by reindexing")

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
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            return version_of(connection) == VERSION
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _check_deletion(where: Sequence[Where]) -> None:
    if not where:
        raise QueryError("say which runs to delete; at least one condition is needed")
    for condition in where:
        field = check_where(condition)
        if field.level != "run":
            valid = ", ".join(field.name for field in FIELDS if field.level == "run")
            raise QueryError(f"{field.name} is of spans, and runs are deleted whole; choose from {valid}")
