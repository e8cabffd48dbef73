"""Tables of the embedded index, and queries as SQL over them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from traces.documents import clean
from traces.errors import QueryError
from traces.fields import FIELDS, Field, field_named
from traces.index import Query, Where
from traces.where import check_where, number_value

VERSION = 1  # of the tables, as in SCHEMA; an index of another version is rebuilt from the segments
RUN_TEXTS = (
    "run", "outcome", "reason", "cause", "task", "group", "suite", "split", "arm", "experiment", "commit",
)  # fmt: skip
RUN_NUMBERS = ("seconds", "steps", "time")
DOCUMENT_TEXTS = ("tool", "model", "error")

SCHEMA = """
CREATE TABLE runs (
    "run" TEXT PRIMARY KEY, "outcome" TEXT NOT NULL, "reason" TEXT NOT NULL, "cause" TEXT NOT NULL,
    "task" TEXT NOT NULL, "group" TEXT NOT NULL, "suite" TEXT NOT NULL, "split" TEXT NOT NULL,
    "arm" TEXT NOT NULL, "experiment" TEXT NOT NULL, "commit" TEXT NOT NULL,
    "seconds" REAL NOT NULL, "steps" INTEGER NOT NULL, "time" REAL NOT NULL
);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL, position INTEGER NOT NULL, span_id TEXT NOT NULL,
    name TEXT NOT NULL, tool TEXT NOT NULL, model TEXT NOT NULL, error TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX documents_by_run ON documents (run);
CREATE VIRTUAL TABLE words USING fts5 (
    text, content='documents', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER document_added AFTER INSERT ON documents BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER document_removed AFTER DELETE ON documents BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TABLE annotations (
    run TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, field, value)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_ANNOTATED = "SELECT 1 FROM annotations a WHERE a.run = r.run AND a.field = ?"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The part of a statement from FROM to WHERE, its parameters, and the order of hits."""

    source: str
    parameters: tuple[str | float, ...]
    order: str
    snippet: str


def select(query: Query) -> Selection:
    """A query's matches as SQL; raises ``QueryError`` for what the index cannot answer."""
    if query.limit < 0 or query.offset < 0:
        raise QueryError("limit and offset must not be negative")
    source, order, snippet = "documents d", 'r."time", d.run, d.position', "substr(d.text, 1, 200)"
    conditions: list[str] = []
    parameters: list[str | float] = []
    if query.text.strip():
        source = "words JOIN documents d ON d.id = words.rowid"
        order = f"words.rank, {order}"
        snippet = "snippet(words, 0, '', '', '…', 24)"
        conditions.append("words MATCH ?")
        parameters.append(match_expression(query.text))
    for where in query.where:
        condition, values = _condition(where)
        conditions.append(condition)
        parameters.extend(values)
    return Selection(
        source=f"FROM {source} JOIN runs r ON r.run = d.run WHERE {' AND '.join(conditions) or 'TRUE'}",
        parameters=tuple(parameters),
        order=order,
        snippet=snippet,
    )


def facet_statement(name: str, selection: Selection) -> str:
    """Count the matches of each value of a text field or annotation, the most frequent first."""
    field = field_named(name)
    if field.kind in {"number", "time"}:
        countable = ", ".join(other.name for other in FIELDS if other.kind in {"text", "annotation"})
        raise QueryError(f"{name} is a {field.kind} and has no facets; choose from {countable}")
    if field.kind == "annotation":
        matches = f"SELECT d.run AS run {selection.source}"
        return (
            f"SELECT a.value, count(*) FROM ({matches}) m JOIN annotations a ON a.run = m.run "  # noqa: S608
            f"WHERE a.field = '{name}' GROUP BY a.value ORDER BY count(*) DESC, a.value"
        )
    column = _column(field)
    return (
        f"SELECT {column}, count(*) {selection.source} AND {column} != '' "
        f"GROUP BY {column} ORDER BY count(*) DESC, {column}"
    )


def match_expression(text: str) -> str:
    """Free text as an FTS5 expression: all words and "quoted phrases" must occur, nothing is an operator."""
    words = [clean(phrase or word) for phrase, word in _WORD.findall(text)]
    words = [word for word in words if any(character.isalnum() for character in word)]
    if not words:
        raise QueryError(f"{text!r} holds no letters or digits to search for")
    return " AND ".join('"{}"'.format(word.replace('"', '""')) for word in words)


def _condition(where: Where) -> tuple[str, tuple[str | float, ...]]:
    field = check_where(where)
    if field.kind in {"number", "time"}:
        return f"{_column(field)} {where.operator} ?", (number_value(field, where.value),)
    if field.kind == "text":
        return f"{_column(field)} {where.operator} ?", (clean(where.value),)
    # Without a value: has it any at all?
    test, values = (" AND a.value = ?", (clean(where.value),)) if where.value else ("", ())
    is_there = (where.operator == "=") == bool(where.value)
    return f"{'' if is_there else 'NOT '}EXISTS ({_ANNOTATED}{test})", (field.name, *values)


def _column(field: Field) -> str:
    return f'{"d" if field.name in DOCUMENT_TEXTS else "r"}."{field.name}"'
