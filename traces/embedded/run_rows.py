"""Runs while their spans are being written, and their rows and columns when that is done."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import orjson

from traces.embedded.columns import RUN_NUMBERS, RUN_TEXTS, RUNS, write_columns
from traces.embedded.heads import SpanId, facts_at, find_heads
from traces.embedded.summary import Facts, RunSummary, dump_summary, fields_of, load_summary
from traces.embedded.terms import TermWriter
from traces.embedded.verdicts import Verdict, latest_verdict
from traces.outcome import Outcome

Origin = Literal["own", "foreign", ""]

_HALF_ID = 16  # hexadecimal digits


@dataclass(slots=True)
class RunState:
    """A run to which spans are being written; ``pending`` are those that are not yet in the tables."""

    number: int
    run_id: str
    origin: Origin
    summary: RunSummary
    given: Verdict | None = None
    is_new: bool = False
    is_stale: bool = False
    must_settle: bool = False
    is_unsettled: bool = False
    has_evaluations: bool = False
    pending: dict[SpanId, tuple[int, int]] = field(default_factory=dict)


def load_state(connection: sqlite3.Connection, run_id: str) -> RunState | None:
    """The run as it was written last, or ``None`` for a new one."""
    row = connection.execute(
        "SELECT number, origin, summary, given FROM runs WHERE run = ?", (run_id,)
    ).fetchone()
    if row is None:
        return None
    given = Verdict(**orjson.loads(row[3])) if row[3] else None
    state = RunState(row[0], run_id, row[1], load_summary(row[2]), given)
    state.has_evaluations = True  # perhaps; asking costs little
    return state


def write_runs(
    connection: sqlite3.Connection, terms: TermWriter, states: list[RunState], sequence: int
) -> None:
    """Make the fields of runs and write them, with all that is needed to go on later."""
    states.sort(key=lambda state: state.number)
    fields = [_fields(connection, state) for state in states]
    connection.executemany(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET "
        "origin = excluded.origin, spans = excluded.spans, sequence = excluded.sequence, "
        "summary = excluded.summary, fields = excluded.fields, given = excluded.given, "
        "unsettled = excluded.unsettled",
        (
            (
                state.number, state.run_id, state.origin, state.summary.spans, sequence,
                dump_summary(state.summary), _as_text(found),
                "" if state.given is None else _as_text({"outcome": state.given.outcome, "reason": state.given.reason}),
                int(state.is_unsettled),
            )
            for state, found in zip(states, fields, strict=True)
        ),
    )  # fmt: skip
    ids = [_halves(state.run_id) for state in states]
    values: dict[str, Any] = {
        name: [terms.code(name, str(found[name])) for found in fields] for name in RUN_TEXTS
    }
    values |= {name: [found[name] for found in fields] for name in RUN_NUMBERS}
    values["first_model"] = [terms.code("model", state.summary.named("model")) for state in states]
    values["spans"] = [min(state.summary.spans, 2**31 - 1) for state in states]
    values["agentic"] = [state.summary.agentic > 0 for state in states]
    values["id_high"], values["id_low"] = [high for high, _ in ids], [low for _, low in ids]
    write_columns(
        connection,
        RUNS,
        np.array([state.number for state in states], np.int64),
        {name: np.array(data, RUNS.dtypes[name]) for name, data in values.items()},
        sequence,
    )


def _fields(connection: sqlite3.Connection, state: RunState) -> dict[str, str | float]:
    if not state.summary.spans:
        nothing: dict[str, str | float] = dict.fromkeys(RUN_TEXTS, "")
        return nothing | dict.fromkeys(RUN_NUMBERS, 0.0)
    root, started = _root_and_start(connection, state)
    fields = fields_of(state.run_id, state.summary, root, started)
    if fields["outcome"] == Outcome.UNKNOWN:
        verdict = state.given if state.given and state.given.outcome != Outcome.UNKNOWN else None
        if verdict is None and state.has_evaluations:
            verdict = latest_verdict(connection, state.number, own=state.origin == "own")
        if verdict is not None:
            fields |= {"outcome": verdict.outcome, "reason": verdict.reason}
    return fields


def _root_and_start(connection: sqlite3.Connection, state: RunState) -> tuple[Facts | None, Facts | None]:
    summary = state.summary
    heads = find_heads(connection, state.number) if summary.heads else None
    if heads is not None:
        return heads.root, heads.started
    if not summary.needs_shape or summary.shape is None or summary.shape.root is None:
        return None, None
    return facts_at(connection, state.number, summary.shape.root), None


def _halves(run_id: str) -> tuple[int, int]:
    """The run's id as two numbers that sort alike; of an unusual id, something that stays the same."""
    try:
        return int(run_id[:_HALF_ID], 16) % 2**64, int(run_id[_HALF_ID:], 16) % 2**64
    except ValueError:
        raw = run_id.encode("utf-8", "replace")[:16].ljust(16, b"\0")
        return int.from_bytes(raw[:8], "big"), int.from_bytes(raw[8:], "big")


def _as_text(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()
