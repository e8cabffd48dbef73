"""Orders that Typesense cannot keep, made of the few values that they need of each match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from traces.fields import field_named
from traces.index import Query, Sort
from traces.typesense_index.schema import key_field, number_field
from traces.typesense_index.server import Json

_FUSION = 60  # of reciprocal rank fusion: Cormack, Clarke, Büttcher (SIGIR 2009)
_RUN = key_field("run")
_TIME = number_field("time")


@dataclass(frozen=True, slots=True)
class Row:
    """A match: its document's id, its run's key, how well the text fits, and what it is sorted by."""

    document_id: str
    run: str
    text_match: int
    values: Json


def needed_fields(query: Query) -> tuple[str, ...]:
    """The fields that rows need."""
    return tuple(dict.fromkeys(("id", "order", _RUN, _TIME, *(_sorted_by(sort) for sort in query.sort))))


def read_row(hit: Json) -> Row:
    """A hit as a row."""
    document = hit["document"]
    return Row(document["id"], document[_RUN], int(hit.get("text_match", 0)), document)


def first_rows(query: Query, rows: Iterable[Row], similarities: Mapping[str, float]) -> list[str]:
    """The ids of the page's documents, in order; ``by_run``, of the best one of each run."""
    # From the last key to the first: sorting keeps the order of equals.
    ordered = sorted(rows, key=lambda row: str(row.values["order"]))
    if query.sort:
        for sort in reversed(query.sort):
            ordered.sort(key=_sort_key(sort), reverse=sort.descending)
    else:
        ordered.sort(key=lambda row: -int(row.values[_TIME]))
        ordered.sort(key=_nearness(query, ordered, similarities))
    if query.by_run:
        ordered = _first_of_each_run(ordered)
    return [row.document_id for row in ordered[query.offset : query.offset + query.limit]]


def _first_of_each_run(ordered: Sequence[Row]) -> list[Row]:
    found: dict[str, Row] = {}
    for row in ordered:
        found.setdefault(row.run, row)
    return list(found.values())


def _sorted_by(sort: Sort) -> str:
    return number_field(sort.field) if field_named(sort.field).kind in {"number", "time"} else sort.field


def _sort_key(sort: Sort) -> Callable[[Row], str | int]:
    name = _sorted_by(sort)
    if name == sort.field:
        return lambda row: str(row.values.get(name, ""))
    return lambda row: int(row.values.get(name, 0))


def _nearness(query: Query, rows: Sequence[Row], similarities: Mapping[str, float]) -> Callable[[Row], float]:
    """How near a row is, the smaller the nearer: by its run's vector, fused with its text where there is one."""
    if not query.text.strip():
        return lambda row: -similarities.get(row.run, float("-inf"))
    by_text = _ranks(-row.text_match for row in rows)
    by_angle = _ranks(-similarities[row.run] for row in rows if row.run in similarities)

    def fused(row: Row) -> float:
        score = 1.0 / (_FUSION + 1 + by_text[-row.text_match])
        if row.run in similarities:
            score += 1.0 / (_FUSION + 1 + by_angle[-similarities[row.run]])
        return -score

    return fused


def _ranks(values: Iterable[float]) -> dict[float, int]:
    """For each value its rank from 0; equals share one."""
    return {value: rank for rank, value in enumerate(sorted(set(values)))}
