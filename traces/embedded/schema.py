"""Tables of the embedded index, and connections to them."""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from pathlib import Path

from traces.fields import FIELDS

_TABLES = 4  # the version of SCHEMA
_FIELDS = zlib.crc32(" ".join(field.name for field in FIELDS).encode()) & 0xFFFF
# Codes of fields go by the fields' order. An index of another version is rebuilt from the segments.
VERSION = _TABLES << 16 | _FIELDS
_BUSY_SECONDS = 60.0
_TOKENS = "unicode61 remove_diacritics 2"  # as in SCHEMA
_CACHE_KIB = 48 * 1024

# A span's id is a whole number where it has sixteen hexadecimal digits, else the text that it is.
# Codes of fields are in ``columns``: blocks of numbers, position by position, as traces.embedded.columns
# lays them out. A run without spans was annotated before it came, or is gone.
SCHEMA = """
CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1), identity TEXT NOT NULL, sequence INTEGER NOT NULL,
    last_span INTEGER NOT NULL, dimensions INTEGER NOT NULL, vectors INTEGER NOT NULL
);
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE segments (
    number INTEGER PRIMARY KEY, origin TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    damaged INTEGER NOT NULL DEFAULT 0, UNIQUE (origin, name)
);
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, origin TEXT NOT NULL DEFAULT '',
    spans INTEGER NOT NULL DEFAULT 0, sequence INTEGER NOT NULL DEFAULT 0,
    summary TEXT NOT NULL DEFAULT '', fields TEXT NOT NULL DEFAULT '', given TEXT NOT NULL DEFAULT '',
    unsettled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX unsettled_runs ON runs (sequence) WHERE unsettled;
CREATE INDEX runs_by_sequence ON runs (sequence);
CREATE TABLE spans (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, span NOT NULL, parent,
    segment INTEGER NOT NULL, place INTEGER NOT NULL, length INTEGER NOT NULL, checksum INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, kind INTEGER NOT NULL,
    input INTEGER, output INTEGER, cost REAL, text TEXT NOT NULL
);
CREATE UNIQUE INDEX spans_by_run ON spans (run, span);
CREATE TABLE heads (
    run INTEGER NOT NULL, role TEXT NOT NULL, start INTEGER NOT NULL, span NOT NULL, parent,
    facts TEXT NOT NULL, PRIMARY KEY (run, role, start, span)
) WITHOUT ROWID;
CREATE TABLE versions (
    run INTEGER NOT NULL, span NOT NULL, segment INTEGER NOT NULL, place INTEGER NOT NULL,
    length INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (run, span, segment, place)
) WITHOUT ROWID;
CREATE TABLE evaluations (
    run INTEGER NOT NULL, time INTEGER NOT NULL, trace TEXT NOT NULL, span TEXT NOT NULL,
    segment INTEGER NOT NULL, checksum INTEGER NOT NULL, trusted INTEGER NOT NULL,
    field TEXT NOT NULL, label TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (run, time, trace, span, field, label)
) WITHOUT ROWID;
CREATE INDEX evaluations_by_span ON evaluations (trace, span);
CREATE TABLE terms (
    field INTEGER NOT NULL, value TEXT NOT NULL, code INTEGER NOT NULL, PRIMARY KEY (field, value)
) WITHOUT ROWID;
CREATE UNIQUE INDEX terms_by_code ON terms (field, code);
CREATE TABLE columns (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE stamps (
    family INTEGER NOT NULL, block INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (family, block)
) WITHOUT ROWID;
CREATE TABLE annotations (
    run INTEGER NOT NULL, field INTEGER NOT NULL, code INTEGER NOT NULL, PRIMARY KEY (field, code, run)
) WITHOUT ROWID;
CREATE INDEX annotations_by_run ON annotations (run, field);
CREATE TABLE vectors (run INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
    text, content='spans', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO words (words, rank) VALUES ('hashsize', 67108864);
INSERT INTO words (words, rank) VALUES ('automerge', 16);
INSERT INTO words (words, rank) VALUES ('pgsz', 16000);
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection for any thread, with transactions begun by hand."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA page_size = 8192")
    # The index is derived: after a loss of power it may lack the last runs, but it is not damaged.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"CREATE VIRTUAL TABLE temp.shown USING fts5 (text, tokenize='{_TOKENS}')")
    return connection


def create_tables(connection: sqlite3.Connection) -> None:
    """All tables, within the transaction that is open."""
    statement = ""
    # executescript would commit the transaction that keeps a second process out.
    for line in SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    connection.execute("INSERT INTO meta VALUES (1, ?, 1, -1, 0, 0)", (secrets.token_hex(8),))
    connection.execute(f"PRAGMA user_version = {VERSION}")


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 for a new file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
