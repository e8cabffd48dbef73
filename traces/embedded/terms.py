"""Codes for the values of text fields: small numbers that count and compare faster than text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from traces.fields import FIELDS

EMPTY = 0  # the code of the empty text, in every field
_REMEMBERED = 100_000
_FIELD_NUMBERS = {field.name: number for number, field in enumerate(FIELDS)}


def field_number(field: str) -> int:
    """The number of a field in the table of terms."""
    return _FIELD_NUMBERS[field]


def code_of(connection: sqlite3.Connection, field: str, value: str) -> int | None:
    """The code of a value, or ``None`` where nothing has it."""
    if not value:
        return EMPTY
    found = connection.execute(
        "SELECT code FROM terms WHERE field = ? AND value = ?", (field_number(field), value)
    ).fetchone()
    return None if found is None else int(found[0])


def values_of(connection: sqlite3.Connection, field: str, codes: Iterable[int]) -> dict[int, str]:
    """The values of some codes."""
    number = field_number(field)
    found = {EMPTY: ""}
    for code in {int(code) for code in codes} - {EMPTY}:
        row = connection.execute(
            "SELECT value FROM terms WHERE field = ? AND code = ?", (number, code)
        ).fetchone()
        found[code] = "" if row is None else str(row[0])
    return found


class TermWriter:
    """Gives values their codes within one transaction, which may yet be rolled back."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._codes: dict[tuple[str, str], int] = {}

    def code(self, field: str, value: str) -> int:
        """The code of a value, a new one where it has none."""
        if not value:
            return EMPTY
        code = self._codes.get((field, value))
        if code is None:
            if len(self._codes) >= _REMEMBERED:
                self._codes.clear()
            code = self._codes[field, value] = self._store(field, value)
        return code

    def _store(self, field: str, value: str) -> int:
        code = code_of(self._connection, field, value)
        if code is not None:
            return code
        number = field_number(field)
        (last,) = self._connection.execute(
            "SELECT max(code) FROM terms WHERE field = ?", (number,)
        ).fetchone()
        code = int(last or EMPTY) + 1
        self._connection.execute("INSERT INTO terms VALUES (?, ?, ?)", (number, value, code))
        return code
