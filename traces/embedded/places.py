"""From the index back to the segments: which records are known, and where those of a run lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from traces.documents import clean, clean_field
from traces.embedded.heads import pack_id
from traces.segments import read_record, read_spans
from traces.span import Span
from traces.store import TraceStore
from traces.versions import latest_versions

_PLACES = """
SELECT g.origin, g.name, p.place, p.length FROM (
    SELECT segment, place, length FROM spans WHERE run = :run
    UNION ALL SELECT segment, place, length FROM versions WHERE run = :run
) p LEFT JOIN segments g ON g.number = p.segment ORDER BY g.origin, g.name, p.place
"""
_CHECKSUMS = """
SELECT checksum FROM spans WHERE run = ? AND span = ?
UNION ALL SELECT checksum FROM versions WHERE run = ? AND span = ?
"""


def known_checksums(
    connection: sqlite3.Connection, ids: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], frozenset[int]]:
    """The checksums of the records that are in the index, all versions of each span."""
    found = {}
    for trace_id, span_id in ids:
        checksums = _checksums(connection, clean(trace_id), clean_field(span_id))
        if checksums:
            found[trace_id, span_id] = checksums
    return found


def read_run(connection: sqlite3.Connection, run_id: str, store: TraceStore) -> tuple[Span, ...]:
    """The spans of a run, by their places or, where one has none, by reading all segments."""
    row = connection.execute("SELECT number FROM runs WHERE run = ? AND spans > 0", (run_id,)).fetchone()
    if row is None:
        return ()
    return tuple(latest_versions(_stored_spans(connection, row[0], run_id, store)))


def reread_run(connection: sqlite3.Connection, run: int, store: TraceStore) -> Iterator[Span]:
    """Every stored version of the spans of a run, by its number; none where a place is not known."""
    places = connection.execute(_PLACES, {"run": run}).fetchall()
    if all(name is not None for _, name, _, _ in places):
        for origin, name, place, length in places:
            yield read_record(folder_of(store, origin), name, place, length)


def folder_of(store: TraceStore, origin: str) -> Path:
    """The folder of segments of an origin."""
    return store.own if origin == "own" else store.foreign


def _stored_spans(connection: sqlite3.Connection, run: int, run_id: str, store: TraceStore) -> Iterator[Span]:
    spans = tuple(reread_run(connection, run, store))
    if spans:
        return iter(spans)
    own = tuple(span for span in read_spans(store.own) if span.trace_id == run_id)
    return iter(own or tuple(span for span in read_spans(store.foreign) if span.trace_id == run_id))


def _checksums(connection: sqlite3.Connection, trace_id: str, span_id: str) -> frozenset[int]:
    run = connection.execute("SELECT number FROM runs WHERE run = ?", (trace_id,)).fetchone()
    rows = [] if run is None else connection.execute(_CHECKSUMS, (*run, pack_id(span_id)) * 2).fetchall()
    if not rows:
        rows = connection.execute(
            "SELECT checksum FROM evaluations WHERE trace = ? AND span = ?", (trace_id, span_id)
        ).fetchall()
    return frozenset(int(row[0]) for row in rows)
