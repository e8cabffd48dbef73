"""Annotations of runs: signals, patterns, labels and ratings, also of runs that are not there yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from traces.documents import clean_field
from traces.embedded.terms import TermWriter, field_number
from traces.errors import QueryError
from traces.fields import FIELDS, field_named

_INSERT = "INSERT OR IGNORE INTO annotations (run, field, code) VALUES (?, ?, ?)"


def check_annotation(name: str) -> None:
    """Raise ``QueryError`` for a field that is no annotation."""
    if field_named(name).kind != "annotation":
        valid = ", ".join(field.name for field in FIELDS if field.kind == "annotation")
        raise QueryError(f"{name} is no annotation; choose from {valid}")


def set_annotation(
    connection: sqlite3.Connection, terms: TermWriter, run: int, name: str, values: Sequence[str]
) -> None:
    """Set an annotation of a run to exactly these values."""
    check_annotation(name)
    number = field_number(name)
    connection.execute("DELETE FROM annotations WHERE run = ? AND field = ?", (run, number))
    connection.executemany(
        _INSERT, ((run, number, terms.code(name, clean_field(value))) for value in values if value)
    )


def add_label(connection: sqlite3.Connection, terms: TermWriter, run: int, name: str, value: str) -> None:
    """Add a value to an annotation."""
    connection.execute(_INSERT, (run, field_number(name), terms.code(name, clean_field(value))))
