"""The order of hits: by any keys, of which only as much is sorted as a page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from traces.embedded.columns import Array
from traces.embedded.snapshot import Snapshot, Spans
from traces.embedded.terms import field_number
from traces.errors import QueryError
from traces.fields import Field, field_named
from traces.index import Sort

Key = Callable[[Spans], Array]  # smaller comes first
_SORTED_WHOLE = 20_000  # spans: so many are sorted without first looking for the best runs


def of_run(values: Array) -> Key:
    """A key from one value for each run number."""
    return lambda spans: values[spans.runs]


def place_keys(snapshot: Snapshot) -> tuple[Key, ...]:
    """By run and then by place in the run: the end of every order."""
    return (
        of_run(snapshot.run_column("id_high")),
        of_run(snapshot.run_column("id_low")),
        lambda spans: spans.stored("start"),
        lambda spans: spans.places,
    )


def newest_first(snapshot: Snapshot) -> Key:
    """The run that started last comes first."""
    times = snapshot.run_column("time")
    return lambda spans: -times[spans.runs]


def sort_keys(snapshot: Snapshot, sort: Sequence[Sort]) -> tuple[Key, ...]:
    """The keys of the wanted order; raises ``QueryError`` for a field that has none."""
    return tuple(key for wanted in sort for key in _sort_keys(snapshot, wanted))


def check_sort(sort: Sort) -> Field:
    """The field to sort by; raises ``QueryError`` for one with several values."""
    field = field_named(sort.field)
    if field.kind == "annotation":
        raise QueryError(f"{field.name} may have several values; sort by another field")
    return field


def first_of(spans: Spans, keys: Sequence[Key], count: int) -> Spans:
    """The first ``count`` in order. Whatever cannot be among them is not sorted."""
    chosen: list[Array] = []
    rest, missing = spans, count
    for key in keys:
        if not 0 < missing < len(rest):
            break
        values = key(rest)
        bar = np.partition(values, missing - 1)[missing - 1]
        below = rest.where(values < bar)
        chosen.append(below.places)
        missing -= len(below)
        rest = rest.where(values == bar)
    positions = np.concatenate([*chosen, rest.places if missing else rest.places[:0]])
    return _in_order(Spans(snapshot=spans.snapshot, positions=positions), keys, count)


def first_runs(spans: Spans, keys: Sequence[Key], count: int, *, by_run_keys: bool) -> Spans:
    """The best span of each run, of the first ``count`` runs.

    ``by_run_keys`` says that all keys but those of the place in the run are the same for all spans of a run.
    """
    if by_run_keys and len(spans) > _SORTED_WHOLE:
        best = first_of(_one_each(spans), keys, count)
        wanted = np.zeros(len(spans.snapshot.run_column("spans")), np.bool_)
        wanted[best.runs] = True
        spans = spans.where(wanted[spans.runs])
    ordered = _in_order(spans, keys, len(spans))
    return _take(ordered, np.sort(np.unique(ordered.runs, return_index=True)[1])[:count])


def _one_each(spans: Spans) -> Spans:
    """Some span of each run."""
    place = np.full(len(spans.snapshot.run_column("spans")), -1, np.int64)
    place[spans.runs] = spans.places
    return Spans(snapshot=spans.snapshot, positions=place[place >= 0])


def _in_order(spans: Spans, keys: Sequence[Key], count: int) -> Spans:
    return _take(spans, np.lexsort([key(spans) for key in reversed(keys)])[:count])


def _take(spans: Spans, indexes: Array) -> Spans:
    return Spans(snapshot=spans.snapshot, positions=spans.places[indexes])


def _sort_keys(snapshot: Snapshot, sort: Sort) -> tuple[Key, ...]:
    field = check_sort(sort)
    if field.name == "run":
        halves = snapshot.run_column("id_high"), snapshot.run_column("id_low")
        return tuple(of_run(~half if sort.descending else half) for half in halves)
    ranks = _text_ranks(snapshot, field) if field.kind == "text" else None

    def key(spans: Spans) -> Array:
        values = spans.codes(field)
        if ranks is not None:
            values = ranks[values]
        return -values if sort.descending else values

    return (key,)


def _text_ranks(snapshot: Snapshot, field: Field) -> Array:
    """For each code the place of its value in the alphabet; the empty text comes first."""
    rows = snapshot.connection.execute(
        "SELECT code FROM terms WHERE field = ? ORDER BY value", (field_number(field.name),)
    ).fetchall()
    codes = np.array(rows, np.int64).reshape(-1)
    ranks = np.zeros(int(codes.max(initial=0)) + 1, np.int64)
    ranks[codes] = np.arange(1, len(codes) + 1)
    return ranks
