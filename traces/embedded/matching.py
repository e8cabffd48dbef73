"""Full text: from words to the row ids of spans, as fast as SQLite gives them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traces.documents import clean
from traces.errors import QueryError

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_NOTHING = np.zeros(0, np.int64)
_FIRST, _LAST = 0, 2**62
_WINDOW, _OVERLAP = 2_000, 200  # characters in which a snippet is looked for at once
_WINDOW_BITS = 32
_COMMON = 50_000  # spans; a word that is in more says nothing of how relevant one is


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Row ids, ascending; where ``capped`` is true, only the newest there are."""

    ids: NDArray[np.int64]
    capped: bool = False


def phrases_of(text: str) -> tuple[str, ...]:
    """The words and "quoted phrases" of a free text, each as an FTS5 string; nothing is an operator.

    Raises ``QueryError`` for a text without a letter or digit.
    """
    words = [clean(phrase or word) for phrase, word in _WORD.findall(text)]
    words = [word for word in words if any(character.isalnum() for character in word)]
    if not words:
        raise QueryError(f"{text!r} holds no letters or digits to search for")
    return tuple('"{}"'.format(word.replace('"', '""')) for word in words)


def find_matches(
    connection: sqlite3.Connection,
    phrases: tuple[str, ...],
    *,
    limit: int | None,
    within: tuple[int, int] | None = None,
) -> Matches:
    """The spans in which all phrases occur; at most ``limit``, the newest, of the row ids ``within``."""
    # A list of numbers as one text is fetched many times faster than the numbers one by one.
    first, last = within or (_FIRST, _LAST)
    (found,) = connection.execute(
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM words "
        "WHERE words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?)",
        (" AND ".join(phrases), first, last, -1 if limit is None else limit + 1),
    ).fetchone()
    if not found:
        return Matches(ids=_NOTHING)
    ids = np.fromstring(found, dtype=np.int64, sep=",")
    capped = limit is not None and len(ids) > limit
    return Matches(ids=ids[:limit][::-1] if capped else ids[::-1], capped=capped)


def relevance(
    connection: sqlite3.Connection, phrases: tuple[str, ...], ids: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How well each of a few matches fits, the smaller the better (BM25, https://www.sqlite.org/fts5.html).

    Words that are nearly everywhere do not count: weighing them would take longer than the search.
    """
    telling = tuple(phrase for phrase in dict.fromkeys(phrases) if not _is_common(connection, phrase))
    scores = np.zeros(len(ids), np.float64)
    if not telling or not len(ids):
        return scores
    chosen = "[" + ",".join(map(str, ids.tolist())) + "]"
    rows = connection.execute(
        "SELECT rowid, rank FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? "
        "AND +rowid IN (SELECT value FROM json_each(?))",
        (" AND ".join(telling), int(ids[0]), int(ids[-1]), chosen),
    ).fetchall()
    found = np.array(rows, np.float64)
    scores[np.searchsorted(ids, found[:, 0].astype(np.int64))] = found[:, 1]
    return scores


def snippets(connection: sqlite3.Connection, phrases: tuple[str, ...], texts: Sequence[str]) -> list[str]:
    """The text around the match in each of a few texts; where all phrases are close together, if they are."""
    # Asked of the great table, each would cost a walk through all matches of its words. And asked of a whole
    # long text, it would take the square of how often they occur.
    connection.execute("DELETE FROM temp.shown")
    connection.executemany(
        "INSERT INTO temp.shown (rowid, text) VALUES (?, ?)",
        (
            (place << _WINDOW_BITS | number, text[start : start + _WINDOW + _OVERLAP])
            for place, text in enumerate(texts)
            for number, start in enumerate(range(0, max(1, len(text) - _OVERLAP), _WINDOW))
        ),
    )
    found: dict[int, str] = {}
    for operator in (" AND ", " OR "):
        if len(found) < len(texts):
            found = _first_snippets(connection, operator.join(phrases)) | found
    return [found.get(place, "") for place in range(len(texts))]


def _first_snippets(connection: sqlite3.Connection, match: str) -> dict[int, str]:
    """The snippet of the first window of each text that matches."""
    chosen = connection.execute(
        "SELECT json_group_array(first) FROM (SELECT min(rowid) AS first FROM temp.shown WHERE shown MATCH ? "
        "GROUP BY rowid >> ?)",
        (match, _WINDOW_BITS),
    ).fetchone()
    rows = connection.execute(
        "SELECT rowid, snippet(shown, 0, '', '', '…', 24) FROM temp.shown WHERE shown MATCH ? "
        "AND +rowid IN (SELECT value FROM json_each(?))",
        (match, *chosen),
    )
    first = (1 << _WINDOW_BITS) - 1
    return {
        row >> _WINDOW_BITS: f"…{text}" if row & first and not text.startswith("…") else text
        for row, text in rows
    }


def _is_common(connection: sqlite3.Connection, phrase: str) -> bool:
    (found,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (phrase, _COMMON + 1)
    ).fetchone()
    return int(found) > _COMMON
