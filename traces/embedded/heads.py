"""Which span of a run is its root, found among the few that can be without reading the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import orjson

from traces.documents import MAX_FIELD, clean
from traces.embedded.summary import AGENT, STARTED, Facts

SpanId = int | str

ROLES = {AGENT: "agent", STARTED: "started"}
TOP = "top"  # without a parent, and neither an agent nor a start
_CONSIDERED = 1_000  # agents of a run, the earliest
_DEEPEST = 1_000  # levels of parents
_UNSIGNED = 2**63
_DIGITS = 16

_ORPHAN = """
SELECT facts FROM (
    SELECT * FROM heads WHERE run = ? AND role = 'agent' ORDER BY start, span LIMIT ?
) h WHERE h.parent IS NULL OR NOT EXISTS (SELECT 1 FROM spans s WHERE s.run = h.run AND s.span = h.parent)
ORDER BY start, span LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Heads:
    """What the root and the first span of a run say of it, as far as they are there."""

    root: Facts | None = None
    started: Facts | None = None


def pack_id(span_id: str) -> SpanId:
    """A span's id as a number that sorts alike; as it is where it is no usual one."""
    if len(span_id) != _DIGITS:
        return span_id
    try:
        number = int(span_id, 16)
    except ValueError:
        return span_id
    return number - _UNSIGNED if f"{number:016x}" == span_id else span_id


# Most spans of a run share their parent; pure, so that remembering changes nothing.
@lru_cache(maxsize=4096)
def pack_parent(parent_id: str) -> SpanId:
    """The id of a span's parent, as the parent's own."""
    return pack_id(clean(parent_id[:MAX_FIELD]))


def unpack_id(packed: SpanId) -> str:
    """The span's id."""
    return packed if isinstance(packed, str) else f"{packed + _UNSIGNED:016x}"


def find_heads(connection: sqlite3.Connection, run: int) -> Heads:
    """Root and start of a run, as ``traces.roots`` chooses them where there are agents or a start."""
    row = connection.execute(
        "SELECT parent, facts FROM heads WHERE run = ? AND role = 'started' ORDER BY start, span LIMIT 1",
        (run,),
    ).fetchone()
    if row is None:
        return Heads(root=_outermost(connection, run))
    parent, facts = row
    root = _outermost(connection, run) if parent is None else _agent(connection, run, parent)
    return Heads(root=root, started=orjson.loads(facts))


def facts_at(connection: sqlite3.Connection, run: int, span: SpanId) -> Facts:
    """What a span says of its run: at least when it began and ended."""
    row = connection.execute(
        "SELECT facts FROM heads WHERE run = ? AND span = ? AND role != 'started'", (run, span)
    ).fetchone()
    if row is not None:
        return orjson.loads(row[0])  # type: ignore[no-any-return]
    start, end = connection.execute(
        "SELECT start, end FROM spans WHERE run = ? AND span = ?", (run, span)
    ).fetchone()
    return {"start": start, "end": end}


def _agent(connection: sqlite3.Connection, run: int, span: SpanId) -> Facts | None:
    row = connection.execute(
        "SELECT facts FROM heads WHERE run = ? AND role = 'agent' AND span = ?", (run, span)
    ).fetchone()
    return None if row is None else orjson.loads(row[0])


def _outermost(connection: sqlite3.Connection, run: int) -> Facts | None:
    row = connection.execute(_ORPHAN, (run, _CONSIDERED)).fetchone()
    if row is not None:
        return orjson.loads(row[0])  # type: ignore[no-any-return]
    agents = connection.execute(
        "SELECT span, facts FROM heads WHERE run = ? AND role = 'agent' ORDER BY start, span LIMIT ?",
        (run, _CONSIDERED),
    ).fetchall()
    for span, facts in agents:
        if not _is_nested(connection, run, span):
            return orjson.loads(facts)  # type: ignore[no-any-return]
    return orjson.loads(agents[0][1]) if agents else None


def _is_nested(connection: sqlite3.Connection, run: int, span: SpanId) -> bool:
    return any(kind == AGENT for kind in _ancestors(connection, run, span))


def _ancestors(connection: sqlite3.Connection, run: int, span: SpanId) -> Iterator[int]:
    """The kinds of the spans above; a cycle of parents ends it."""
    seen: set[SpanId] = set()
    at: SpanId | None = span
    while at is not None and at not in seen and len(seen) < _DEEPEST:
        row = connection.execute(
            "SELECT parent, kind FROM spans WHERE run = ? AND span = ?", (run, at)
        ).fetchone()
        if row is None:
            return
        if seen:
            yield row[1]
        seen.add(at)
        at = row[0]
