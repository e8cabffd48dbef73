"""Writing spans into the index within one transaction, in whatever order they come."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import orjson

from traces import attributes as names
from traces.documents import Document, clean, document
from traces.embedded.annotating import add_label
from traces.embedded.columns import RUN_NUMBERS, RUN_TEXTS, RUNS, write_columns
from traces.embedded.heads import ROLES, SpanId, find_heads, pack_id
from traces.embedded.rows import Place, SpanRows, StoredSpan, ids_of_run
from traces.embedded.summary import (
    AGENT,
    RunSummary,
    SpanNumbers,
    dump_summary,
    facts_of,
    fields_of,
    load_summary,
    mention_all,
    numbers_of,
)
from traces.embedded.terms import TermWriter
from traces.embedded.verdicts import (
    Verdict,
    evaluation_row,
    evaluations_of,
    has_evaluations,
    is_by_person,
    is_only_evaluation,
    label_field,
    latest_verdict,
)
from traces.outcome import Outcome
from traces.span import Span

Origin = Literal["own", "foreign", ""]
Taken = Literal["new", "duplicate", "ignored"]
Reread = Callable[[int], Iterable[Span]]

_FLUSH_SPANS = 20_000
_FLUSH_CHARACTERS = 24_000_000
_HALF_ID = 16  # hexadecimal digits


@dataclass(slots=True)
class _RunState:
    number: int
    run_id: str
    origin: Origin
    summary: RunSummary
    given: Verdict | None = None
    is_new: bool = False
    is_stale: bool = False
    has_evaluations: bool = False
    pending: dict[SpanId, tuple[int, int]] = field(default_factory=dict)


class SpanWriter:
    """Takes in spans; ``finish`` makes the runs' fields of them. Lives within one open transaction.

    ``reread`` gives all stored spans of a run, by its number, for the rare case that one of them was
    replaced by a later version that says less.
    """

    def __init__(self, connection: sqlite3.Connection, *, reread: Reread | None = None) -> None:
        self._connection = connection
        self._reread = reread
        connection.execute("UPDATE meta SET sequence = sequence + 1")
        self.sequence, last = connection.execute("SELECT sequence, last_span FROM meta").fetchone()
        self._terms = TermWriter(connection)
        self._rows = SpanRows(connection, self._terms, self.sequence, last)
        self._runs: dict[str, _RunState] = {}
        (self._last_run,) = connection.execute("SELECT coalesce(max(number), 0) FROM runs").fetchone()

    @property
    def touched(self) -> int:
        """How many runs were written to."""
        return len(self._runs)

    def take(self, span: Span, place: Place, *, origin: Origin) -> Taken:
        """Store a span, unless it is there already or an own run has its trace id."""
        if has_evaluations(span):
            self._evaluate(span, place, own=origin == "own")
            if is_only_evaluation(span):
                return "new"
        state = self._state(clean(span.trace_id))
        if origin and origin != state.origin and not self._settle_origin(state, origin):
            return "ignored"
        found = document(span)
        numbers = numbers_of(span, found)
        key = pack_id(found.span_id)
        taken = self._settle_version(state, span, key, place, numbers)
        if taken == "new":
            self._store(state, span, key, place, numbers, found)
        return taken

    def replace_run(self, run_id: str, spans: Sequence[Span], verdict: Verdict) -> int:
        """Store a run as a whole; ``verdict`` counts where no span gives it an outcome."""
        state = self._state(clean(run_id))
        self._clear(state)
        written = sum(self.take(span, Place(), origin="") == "new" for span in spans)
        state.given = verdict
        return written

    def clear_run(self, run_id: str) -> None:
        """Remove all spans of a run; its annotations stay, in case it comes back."""
        self._clear(self._state(run_id))

    def forget_spans(self, run_id: str, ids: Sequence[int]) -> None:
        """Remove some spans of a run, whose segment is gone."""
        state = self._state(run_id)
        marks = ", ".join("?" * len(ids))
        for (span,) in self._connection.execute(
            f"SELECT span FROM spans WHERE id IN ({marks})",  # noqa: S608
            ids,
        ).fetchall():
            self._forget(state, span)
        self._rows.remove(ids)
        state.is_stale = True

    def touch(self, run_id: str) -> int:
        """Make the fields of a run anew, since something was said of it; returns its number."""
        state = self._state(run_id)
        state.has_evaluations = True
        return state.number

    def finish(self) -> None:
        """Write all that is still in memory, and the fields of every run that was touched."""
        self._rows.flush()
        for state in self._runs.values():
            if state.is_stale:
                self._rebuild(state)
        _write_runs(self._connection, self._terms, list(self._runs.values()), self.sequence)

    def _state(self, trace_id: str) -> _RunState:
        state = self._runs.get(trace_id)
        if state is not None:
            return state
        row = self._connection.execute(
            "SELECT number, origin, summary, given FROM runs WHERE run = ?", (trace_id,)
        ).fetchone()
        if row is None:
            self._last_run += 1
            state = _RunState(self._last_run, trace_id, "", RunSummary(), is_new=True)
        else:
            given = Verdict(**orjson.loads(row[3])) if row[3] else None
            state = _RunState(row[0], trace_id, row[1], load_summary(row[2]), given)
            state.has_evaluations = True  # perhaps; asking costs little
        self._runs[trace_id] = state
        return state

    def _settle_origin(self, state: _RunState, origin: Origin) -> bool:
        """Whether a span of that origin may enter the run: our own drive out all others."""
        if state.origin == "own":
            return False
        if state.origin == "foreign":
            self._clear(state)
        state.origin = origin
        return True

    def _settle_version(
        self, state: _RunState, span: Span, key: SpanId, place: Place, numbers: SpanNumbers
    ) -> Taken:
        if key in state.pending:
            if _adds_nothing(state.pending[key], span, place, numbers):
                return "duplicate"
            self._flush()
        elif state.is_new:
            return "new"
        old = self._rows.find(state.number, key)
        if old is None:
            return "new"
        return self._settle_stored(state, span, key, place, numbers, old)

    def _settle_stored(
        self, state: _RunState, span: Span, key: SpanId, place: Place, numbers: SpanNumbers, old: StoredSpan
    ) -> Taken:
        if not old.place.segment and place.segment and old.numbers.end >= numbers.end:
            self._rows.set_place(old.id, place)
            return "duplicate"
        if _is_derived_root(span) and old.numbers.kind == AGENT:
            return self._merge_root(state, span, key, place, old)
        if numbers.end <= old.numbers.end:
            return "duplicate"
        self._replace(state, key, old)
        return "new"

    def _merge_root(self, state: _RunState, span: Span, key: SpanId, place: Place, old: StoredSpan) -> Taken:
        """Another version of a root that an importer made: the earliest start, the latest end, all attributes."""
        numbers = numbers_of(span, document(span))
        known = self._connection.execute(
            "SELECT 1 FROM versions WHERE run = ? AND span = ? AND checksum = ?",
            (state.number, key, place.checksum),
        ).fetchone()
        if old.place.checksum == place.checksum or known:
            return "duplicate"
        is_later = numbers.end > old.numbers.end
        facts = _merged_facts(self._facts(state, key), facts_of(span), is_later=is_later)
        if facts is None:
            return "duplicate"
        loser = old.place if is_later else place
        self._connection.execute(
            "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?, ?)",
            (state.number, key, loser.segment, loser.offset, loser.length, loser.checksum),
        )
        start, end = min(numbers.start, old.numbers.start), max(numbers.end, old.numbers.end)
        if is_later:
            self._replace(state, key, old)
            self._store(state, span, key, place, numbers, document(span))
            self._flush()
            stored = self._rows.find(state.number, key)
            assert stored is not None
            old = stored
        self._rows.set_times(old.id, start, end)
        self._set_facts(state, key, facts)
        state.summary.start = min(state.summary.start, start)
        state.summary.end = max(state.summary.end, end)
        mention_all(state.summary, span, "", start)
        return "new"

    def _store(
        self,
        state: _RunState,
        span: Span,
        key: SpanId,
        place: Place,
        numbers: SpanNumbers,
        found: Document,
    ) -> None:
        parent = None if span.parent_id is None else pack_id(clean(span.parent_id))
        self._rows.append(state.number, key, parent, place, numbers, found)
        state.pending[key] = (numbers.end, place.checksum)
        state.summary.take(numbers)
        mention_all(state.summary, span, found.model, numbers.start)
        if numbers.kind in ROLES:
            self._connection.execute(
                "INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?, ?)",
                (state.number, ROLES[numbers.kind], numbers.start, key, parent, _dump(facts_of(span))),
            )
        if self._rows.is_full(spans=_FLUSH_SPANS, characters=_FLUSH_CHARACTERS):
            self._flush()

    def _flush(self) -> None:
        self._rows.flush()
        for state in self._runs.values():
            if state.pending:
                state.pending.clear()
                state.is_new = False

    def _replace(self, state: _RunState, key: SpanId, old: StoredSpan) -> None:
        """Remove a span for which a later version comes."""
        if not state.summary.drop(old.numbers) or any(
            pack_id(span) == key for _, span, _ in state.summary.first.values()
        ):
            state.is_stale = True
        self._forget(state, key)
        self._rows.remove([old.id])

    def _forget(self, state: _RunState, key: SpanId) -> None:
        for table in ("heads", "versions"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE run = ? AND span = ?",  # noqa: S608
                (state.number, key),
            )

    def _clear(self, state: _RunState) -> None:
        self._flush()
        self._rows.remove(ids_of_run(self._connection, state.number))
        for table in ("heads", "versions"):
            self._connection.execute(f"DELETE FROM {table} WHERE run = ?", (state.number,))  # noqa: S608
        state.summary, state.given = RunSummary(), None

    def _rebuild(self, state: _RunState) -> None:
        """Sum up a run anew."""
        summary = RunSummary()
        for row in self._connection.execute(
            "SELECT start, end, kind, input, output, cost FROM spans WHERE run = ?", (state.number,)
        ):
            summary.take(SpanNumbers(*row))
        spans = () if self._reread is None else self._reread(state.number)
        for span in spans:
            found = document(span)
            mention_all(summary, span, found.model, numbers_of(span, found).start)
        if not summary.first:
            summary.first = state.summary.first
        state.summary = summary

    def _facts(self, state: _RunState, key: SpanId) -> dict[str, Any]:
        (facts,) = self._connection.execute(
            "SELECT facts FROM heads WHERE run = ? AND role = 'agent' AND span = ?", (state.number, key)
        ).fetchone()
        return orjson.loads(facts)  # type: ignore[no-any-return]

    def _set_facts(self, state: _RunState, key: SpanId, facts: Mapping[str, Any]) -> None:
        self._connection.execute(
            "UPDATE heads SET facts = ?, start = ? WHERE run = ? AND role = 'agent' AND span = ?",
            (_dump(facts), facts["start"], state.number, key),
        )

    def _evaluate(self, span: Span, place: Place, *, own: bool) -> None:
        for evaluation in evaluations_of(span):
            state = self._state(clean(evaluation.run_id))
            row = evaluation_row(
                evaluation,
                span,
                state.number,
                segment=place.segment,
                checksum=place.checksum,
                trusted=own or not place.segment or is_by_person(span),
            )
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT OR IGNORE INTO evaluations VALUES ({marks})", row)  # noqa: S608
            state.has_evaluations = True
            if evaluation.label:
                add_label(
                    self._connection, self._terms, state.number, label_field(evaluation), evaluation.label
                )


def _adds_nothing(pending: tuple[int, int], span: Span, place: Place, numbers: SpanNumbers) -> bool:
    """Whether a span is no better than the one that waits to be written."""
    end, checksum = pending
    is_same = place.segment > 0 and checksum == place.checksum
    return is_same or (numbers.end <= end and not _is_derived_root(span))


def _is_derived_root(span: Span) -> bool:
    return span.parent_id is None and names.SOURCE in span.attributes


def _merged_facts(old: Mapping[str, Any], new: Mapping[str, Any], *, is_later: bool) -> dict[str, Any] | None:
    """The facts of both, ``None`` where the old one is no derived root."""
    if names.SOURCE not in old:
        return None
    union = {**old, **new} if is_later else {**new, **old}
    return {**union, "start": min(old["start"], new["start"]), "end": max(old["end"], new["end"])}


def _dump(facts: Mapping[str, Any]) -> str:
    return orjson.dumps(facts).decode()


def _write_runs(
    connection: sqlite3.Connection, terms: TermWriter, states: list[_RunState], sequence: int
) -> None:
    states.sort(key=lambda state: state.number)
    fields = [_fields(connection, state) for state in states]
    connection.executemany(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET "
        "origin = excluded.origin, spans = excluded.spans, sequence = excluded.sequence, "
        "summary = excluded.summary, fields = excluded.fields, given = excluded.given",
        (
            (
                state.number, state.run_id, state.origin, state.summary.spans, sequence,
                dump_summary(state.summary), _dump(found),
                "" if state.given is None else _dump({"outcome": state.given.outcome, "reason": state.given.reason}),
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


def _fields(connection: sqlite3.Connection, state: _RunState) -> dict[str, str | float]:
    if not state.summary.spans:
        nothing: dict[str, str | float] = dict.fromkeys(RUN_TEXTS, "")
        return nothing | dict.fromkeys(RUN_NUMBERS, 0.0)
    heads = find_heads(connection, state.number) if state.summary.heads else None
    root, started = (None, None) if heads is None else (heads.root, heads.started)
    fields = fields_of(state.run_id, state.summary, root, started)
    if fields["outcome"] == Outcome.UNKNOWN:
        verdict = state.given if state.given and state.given.outcome != Outcome.UNKNOWN else None
        if verdict is None and state.has_evaluations:
            verdict = latest_verdict(connection, state.number, own=state.origin == "own")
        if verdict is not None:
            fields |= {"outcome": verdict.outcome, "reason": verdict.reason}
    return fields


def _halves(run_id: str) -> tuple[int, int]:
    """The run's id as two numbers that sort alike; of an unusual id, something that stays the same."""
    try:
        return int(run_id[:_HALF_ID], 16) % 2**64, int(run_id[_HALF_ID:], 16) % 2**64
    except ValueError:
        raw = run_id.encode("utf-8", "replace")[:16].ljust(16, b"\0")
        return int.from_bytes(raw[:8], "big"), int.from_bytes(raw[8:], "big")


def drop_runs(writer: SpanWriter, run_ids: Sequence[str]) -> int:
    """Remove runs whole; returns how many there were."""
    for run_id in run_ids:
        writer.clear_run(run_id)
    return len(run_ids)
