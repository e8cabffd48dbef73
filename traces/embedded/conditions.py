"""Conditions as masks over runs and spans."""

from __future__ import annotations

import operator
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from traces.documents import clean_field
from traces.embedded.snapshot import Snapshot, Spans
from traces.embedded.terms import EMPTY, code_of, field_number
from traces.fields import Field
from traces.index import Where
from traces.where import check_where, number_value

Mask = NDArray[np.bool_]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_NOTHING_HAS_IT = -2


def runs_that_hold(snapshot: Snapshot, conditions: Iterable[Where]) -> Mask | None:
    """For each run number, whether the conditions on runs hold; ``None`` where there are none."""
    masks = [
        _run_mask(snapshot, check_where(where), where)
        for where in conditions
        if check_where(where).level == "run"
    ]
    return np.logical_and.reduce(masks) if masks else None


def filter_spans(spans: Spans, conditions: Iterable[Where], runs: Mask | None) -> Spans:
    """The spans of the runs for which ``runs`` is true, and for which the conditions on spans hold."""
    if runs is not None:
        spans = spans.where(runs[spans.runs])
    for where in conditions:
        field = check_where(where)
        if field.level == "span":
            values = spans.codes(field)
            spans = spans.where(_compare(spans.snapshot.connection, field, where, values))
    return spans


def _run_mask(snapshot: Snapshot, field: Field, where: Where) -> Mask:
    if field.name == "run":
        return _is_run(snapshot, where)
    if field.kind == "annotation":
        return _is_annotated(snapshot, field, where)
    return _compare(snapshot.connection, field, where, snapshot.run_column(field.name))


def _compare(connection: sqlite3.Connection, field: Field, where: Where, values: Any) -> Mask:
    compare = _COMPARE[where.operator]
    if field.kind in {"number", "time"}:
        return compare(values, number_value(field, where.value))  # type: ignore[no-any-return]
    code = code_of(connection, field.name, clean_field(where.value))
    return compare(values, _NOTHING_HAS_IT if code is None else code)  # type: ignore[no-any-return]


def _is_run(snapshot: Snapshot, where: Where) -> Mask:
    mask = np.zeros(len(snapshot.run_column("spans")), np.bool_)
    row = snapshot.connection.execute(
        "SELECT number FROM runs WHERE run = ?", (clean_field(where.value),)
    ).fetchone()
    if row is not None:
        mask[row[0]] = True
    return mask if where.operator == "=" else ~mask


def _is_annotated(snapshot: Snapshot, field: Field, where: Where) -> Mask:
    mask = np.zeros(len(snapshot.run_column("spans")), np.bool_)
    statement = "SELECT run FROM annotations WHERE field = ?"
    parameters = [field_number(field.name)]
    if where.value:
        code = code_of(snapshot.connection, field.name, clean_field(where.value))
        statement += " AND code = ?"
        parameters.append(EMPTY if code is None else code)
    rows = snapshot.connection.execute(statement, parameters).fetchall()
    mask[np.array(rows, np.int64).reshape(-1)] = True
    # Without a value: has it any at all?
    return mask if (where.operator == "=") == bool(where.value) else ~mask
