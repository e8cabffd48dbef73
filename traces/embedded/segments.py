"""Which segments the index has read, and how far; and forgetting those that are gone."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np

from traces.embedded.columns import SPANS, drop_blocks
from traces.embedded.index import EmbeddedIndex
from traces.embedded.places import folder_of, reread_run
from traces.embedded.run_rows import Origin
from traces.embedded.writing import SpanWriter
from traces.segments import segment_paths
from traces.segments.names import name_of
from traces.store import TraceStore

_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, kw_only=True)
class Position:
    """How far a segment was read, in bytes of its unpacked content."""

    origin: Origin
    name: str
    end: int


def read_positions(connection: sqlite3.Connection) -> dict[Origin, dict[str, int]]:
    """How far each segment was read, by its folder and its name."""
    found: dict[Origin, dict[str, int]] = {"own": {}, "foreign": {}}
    for origin, name, position in connection.execute("SELECT origin, name, position FROM segments"):
        found[origin][name] = position
    return found


def save_position(connection: sqlite3.Connection, position: Position) -> int:
    """Note how far a segment was read; returns its number."""
    (number,) = connection.execute(
        "INSERT INTO segments (origin, name, position) VALUES (?, ?, ?) "
        "ON CONFLICT (origin, name) DO UPDATE SET position = excluded.position RETURNING number",
        (position.origin, position.name, position.end),
    ).fetchone()
    return int(number)


def add_damage(connection: sqlite3.Connection, segment: int, damaged: int) -> None:
    """Note that so many more records of a segment cannot be read."""
    connection.execute("UPDATE segments SET damaged = damaged + ? WHERE number = ?", (damaged, segment))


def forget_segments(index: EmbeddedIndex, store: TraceStore) -> None:
    """Remove the spans and evaluations of segments that are no longer there."""
    with index.reading() as snapshot:
        if not _gone(snapshot.connection, store):
            return
    with index.writing(reread=lambda run: reread_run(index.connection, run, store)) as writer:
        for number in _gone(index.connection, store):
            _forget(index, writer, number)
        drop_empty_blocks(index.connection)


def _gone(connection: sqlite3.Connection, store: TraceStore) -> list[int]:
    rows = connection.execute("SELECT number, origin, name FROM segments").fetchall()
    there: dict[str, set[str]] = {
        origin: {name_of(path) for path in segment_paths(folder_of(store, origin))}
        for origin in ("own", "foreign")
    }
    return [
        number
        for number, origin, name in rows
        # Asked again: a folder that is listed while a segment is compressed may show neither form.
        if name not in there[origin] and not _exists(store, origin, name)
    ]


def _exists(store: TraceStore, origin: str, name: str) -> bool:
    folder = folder_of(store, origin)
    return (folder / name).exists() or (folder / f"{name}.zst").exists()


def _forget(index: EmbeddedIndex, writer: SpanWriter, segment: int) -> None:
    connection = index.connection
    for run_id, ids in _spans_of_segment(connection, segment).items():
        for start in range(0, len(ids), _AT_ONCE):
            writer.forget_spans(run_id, ids[start : start + _AT_ONCE])
    for (run_id,) in connection.execute(
        "SELECT DISTINCT r.run FROM evaluations e JOIN runs r ON r.number = e.run WHERE e.segment = ?",
        (segment,),
    ).fetchall():
        writer.touch(run_id)
    for table in ("evaluations", "versions"):
        connection.execute(f"DELETE FROM {table} WHERE segment = ?", (segment,))  # noqa: S608
    connection.execute("DELETE FROM segments WHERE number = ?", (segment,))


def _spans_of_segment(connection: sqlite3.Connection, segment: int) -> dict[str, list[int]]:
    """Row ids by run, found block by block."""
    found: dict[str, list[int]] = {}
    first = SPANS.block_id("segment", 0)
    blocks = connection.execute(
        "SELECT id, data FROM columns WHERE id >= ? AND id < ?", (first, SPANS.block_id("segment", 2**32 - 1))
    )
    for row, data in blocks.fetchall():
        places = np.flatnonzero(np.frombuffer(data, SPANS.dtypes["segment"]) == segment)
        for id_ in (places + (row - first) * SPANS.block).tolist():
            (run_id,) = connection.execute(
                "SELECT r.run FROM spans s JOIN runs r ON r.number = s.run WHERE s.id = ?", (id_,)
            ).fetchone()
            found.setdefault(run_id, []).append(id_)
    return found


def drop_empty_blocks(connection: sqlite3.Connection) -> None:
    """Forget the blocks before the oldest span that is left, but never the last one."""
    (oldest,) = connection.execute("SELECT min(id) FROM spans").fetchone()
    (last,) = connection.execute("SELECT last_span FROM meta").fetchone()
    before = (last if oldest is None else oldest) // SPANS.block * SPANS.block
    if before > 0:
        drop_blocks(connection, SPANS, before)
