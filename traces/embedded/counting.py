"""Facets: how many of the matches have each value of a field."""

from __future__ import annotations

import numpy as np

from traces.embedded.columns import Array
from traces.embedded.snapshot import Snapshot, Spans
from traces.embedded.terms import EMPTY, field_number, values_of
from traces.errors import QueryError
from traces.fields import FIELDS, Field, field_named

MAX_VALUES = 1_000  # of a facet: the most frequent


def check_facet(name: str) -> Field:
    """The field of that name; raises ``QueryError`` where its values cannot be counted."""
    field = field_named(name)
    if field.kind in {"number", "time"}:
        countable = ", ".join(other.name for other in FIELDS if other.kind in {"text", "annotation"})
        raise QueryError(f"{name} is a {field.kind} and has no facets; choose from {countable}")
    return field


def count_values(spans: Spans, field: Field, *, by_run: bool) -> dict[str, int]:
    """The values and their counts, the most frequent first; what has no value is not counted.

    Counts spans or, ``by_run``, runs that have the value in one of the spans.
    """
    weights = _weights(spans, by_run=by_run)
    if field.kind == "annotation":
        counts = _annotation_counts(spans.snapshot, field, weights)
    elif field.name == "run":
        return _run_counts(spans.snapshot, weights)
    elif field.level == "run":
        codes = spans.snapshot.run_column(field.name)
        counts = np.bincount(codes, weights=weights).astype(np.int64)
    else:
        codes = spans.codes(field)
        counts = np.bincount(_once_per_run(spans, codes) if by_run else codes)
    return _named(spans.snapshot, field, counts)


def _weights(spans: Spans, *, by_run: bool) -> Array:
    """For each run number, how often it counts."""
    weights = np.bincount(spans.runs, minlength=len(spans.snapshot.run_column("spans")))
    return (weights > 0).astype(np.int64) if by_run else weights


def _once_per_run(spans: Spans, codes: Array) -> Array:
    size = int(codes.max(initial=0)) + 1
    return np.unique(spans.runs.astype(np.int64) * size + codes) % size


def _annotation_counts(snapshot: Snapshot, field: Field, weights: Array) -> Array:
    rows = snapshot.connection.execute(
        "SELECT run, code FROM annotations WHERE field = ?", (field_number(field.name),)
    ).fetchall()
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return np.bincount(pairs[:, 1], weights=weights[pairs[:, 0]]).astype(np.int64)


def _named(snapshot: Snapshot, field: Field, counts: Array) -> dict[str, int]:
    counts[:1] = EMPTY
    chosen = _most_frequent(counts)
    values = values_of(snapshot.connection, field.name, chosen)
    found = [(values[code], int(counts[code])) for code in chosen]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _run_counts(snapshot: Snapshot, weights: Array) -> dict[str, int]:
    chosen = _most_frequent(weights)
    found = []
    for number in chosen:
        (run_id,) = snapshot.connection.execute("SELECT run FROM runs WHERE number = ?", (number,)).fetchone()
        found.append((str(run_id), int(weights[number])))
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _most_frequent(counts: Array) -> list[int]:
    codes = np.flatnonzero(counts)
    if len(codes) > MAX_VALUES:
        codes = codes[np.argsort(-counts[codes], kind="stable")[:MAX_VALUES]]
    return [int(code) for code in codes]
