"""From the index back to the segments: which records are known, and where those of a run lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from traces.documents import clean, clean_field
from traces.embedded.heads import pack_id
from traces.segments import read_record, read_spans
from traces.span import Span
from traces.store import TraceStore

_PLACES = """
SELECT g.origin, g.name, p.place, p.length FROM (
    SELECT segment, place, length, end, 1 AS counts FROM spans WHERE run = :run
    UNION ALL SELECT segment, place, length, 0, 0 FROM versions WHERE run = :run
) p LEFT JOIN segments g ON g.number = p.segment ORDER BY g.origin, g.name, p.place
"""


def known_checksums(
    connection: sqlite3.Connection, ids: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The checksums of the records that are in the index."""
    found = {}
    for trace_id, span_id in ids:
        checksum = _checksum(connection, clean(trace_id), clean_field(span_id))
        if checksum is not None:
            found[trace_id, span_id] = checksum
    return found


def read_run(connection: sqlite3.Connection, run_id: str, store: TraceStore) -> tuple[Span, ...]:
    """The spans of a run, by their places or, where one has none, by reading all segments."""
    row = connection.execute("SELECT number FROM runs WHERE run = ? AND spans > 0", (run_id,)).fetchone()
    if row is None:
        return ()
    return tuple(_versions_that_count(_stored_spans(connection, row[0], run_id, store)))


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


def _versions_that_count(spans: Iterator[Span]) -> Iterator[Span]:
    """Each span once: the version that ends last, a root's with what the others say besides."""
    found: dict[str, Span] = {}
    for span in spans:
        old = found.get(span.span_id)
        if old is None:
            found[span.span_id] = span
        elif span.parent_id is None:
            found[span.span_id] = merge_roots(old, span)
        elif span.end_ns > old.end_ns:
            found[span.span_id] = span
    return iter(found.values())


def merge_roots(old: Span, new: Span) -> Span:
    """Two versions of a root: the earliest start, the latest end, the attributes of both."""
    first, last = (old, new) if new.end_ns > old.end_ns else (new, old)
    return replace(
        last,
        start_ns=min(old.start_ns, new.start_ns),
        attributes={**first.attributes, **last.attributes},
    )


def _checksum(connection: sqlite3.Connection, trace_id: str, span_id: str) -> int | None:
    row = connection.execute(
        "SELECT s.checksum FROM runs r JOIN spans s ON s.run = r.number WHERE r.run = ? AND s.span = ?",
        (trace_id, pack_id(span_id)),
    ).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT checksum FROM evaluations WHERE trace = ? AND span = ?", (trace_id, span_id)
        ).fetchone()
    return None if row is None else int(row[0])
