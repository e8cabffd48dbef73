"""The bare limit: the least that anybody must do to make spans durable and searchable, in one process."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from flywheel.bench_traces.bodies import read_bodies

_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -65536;
CREATE TABLE spans (
    id INTEGER PRIMARY KEY, trace BLOB, span BLOB, parent BLOB, name TEXT, start INTEGER, end INTEGER, text TEXT
);
CREATE VIRTUAL TABLE words USING fts5 (text, content='spans', content_rowid='id');
INSERT INTO words (words, rank) VALUES ('hashsize', 67108864);
"""
_SPANS = "INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_WORDS = "INSERT INTO words (rowid, text) VALUES (?, ?)"


def limit_seconds(folder: Path, database: Path) -> float:
    """Parse the bodies in a folder, make rows of them and write these in one transaction with full text.

    No HTTP, no second process, no segments, no redaction, no fields and no runs.
    """
    bodies = read_bodies(folder)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.executescript(_SCHEMA)
        begin = time.perf_counter()
        rows = [row for number, body in enumerate(bodies) for row in _rows(body, number << 20)]
        connection.execute("BEGIN")
        connection.executemany(_SPANS, rows)
        connection.executemany(_WORDS, ((row[0], row[-1]) for row in rows))
        connection.execute("COMMIT")
        return time.perf_counter() - begin


def _rows(body: bytes, first: int) -> Iterator[tuple[Any, ...]]:
    for group in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in group.scope_spans:
            for id_, span in enumerate(scope.spans, start=first):
                text = "\n".join([found.value.string_value for found in span.attributes])
                yield (
                    id_, span.trace_id, span.span_id, span.parent_span_id, span.name,
                    span.start_time_unix_nano, span.end_time_unix_nano, text,
                )  # fmt: skip
