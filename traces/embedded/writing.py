"""Writing spans into the index within one transaction, in whatever order they come."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import orjson

from traces import attributes as names
from traces.documents import Document, clean, document
from traces.embedded.annotating import add_label
from traces.embedded.heads import ROLES, TOP, SpanId, pack_id, pack_parent
from traces.embedded.rows import Place, SpanRows, StoredSpan, ids_of_run
from traces.embedded.run_rows import Origin, RunState, load_state, write_runs
from traces.embedded.shape import is_nested_call, read_shape
from traces.embedded.summary import (
    AGENT,
    MODEL,
    OTHER,
    RunSummary,
    SpanNumbers,
    facts_of,
    mention_all,
    numbers_of,
    states_facts,
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
)
from traces.span import Span
from traces.versions import is_derived_root

Taken = Literal["new", "merged", "duplicate", "ignored"]
Reread = Callable[[int], Iterable[Span]]

_FLUSH_WEIGHT = 24_000_000  # characters; each writing leaves a part of the full text that is merged later
_SHORT_RUN = 2_000  # spans


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
        self._runs: dict[str, RunState] = {}
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
        state = self._runs.get(span.trace_id) or self._state(clean(span.trace_id))
        if origin and origin != state.origin and not self._settle_origin(state, origin):
            return "ignored"
        found = document(span)
        numbers = numbers_of(span, found)
        key = pack_id(found.span_id)
        if not state.is_new or key in state.pending:
            taken = self._settle_version(state, span, key, place, numbers)
            if taken != "new":
                return taken
        self._store(state, span, key, place, numbers, found)
        return "new"

    def replace_run(self, run_id: str, spans: Sequence[Span], verdict: Verdict) -> int:
        """Store a run as a whole; ``verdict`` counts where no span gives it an outcome."""
        state = self._state(clean(run_id))
        self._clear(state)
        written = sum(self.take(span, Place(), origin="") == "new" for span in spans)
        state.given = verdict
        state.must_settle = True
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

    def settle(self, run_id: str) -> None:
        """Find root and steps of a long run, however long that takes."""
        self._state(run_id).must_settle = True

    def finish(self) -> None:
        """Write all that is still in memory, and the fields of every run that was touched."""
        self._rows.flush()
        for state in self._runs.values():
            if state.is_stale:
                self._rebuild(state)
            self._settle_shape(state)
        write_runs(self._connection, self._terms, list(self._runs.values()), self.sequence)

    def _state(self, trace_id: str) -> RunState:
        state = self._runs.get(trace_id)
        if state is not None:
            return state
        state = load_state(self._connection, trace_id)
        if state is None:
            self._last_run += 1
            state = RunState(self._last_run, trace_id, "", RunSummary(), is_new=True)
        self._runs[trace_id] = state
        return state

    def _settle_origin(self, state: RunState, origin: Origin) -> bool:
        """Whether a span of that origin may enter the run: our own drive out all others."""
        if state.origin == "own":
            return False
        if state.origin == "foreign":
            self._clear(state)
        state.origin = origin
        return True

    def _settle_version(
        self, state: RunState, span: Span, key: SpanId, place: Place, numbers: SpanNumbers
    ) -> Taken:
        if key in state.pending:
            if _adds_nothing(state.pending[key], span, place, numbers):
                self._note_version(state, key, place, beside=state.pending[key][1])
                return "duplicate"
            self._flush()
        old = self._rows.find(state.number, key)
        if old is None:
            return "new"
        return self._settle_stored(state, span, key, place, numbers, old)

    def _settle_stored(
        self, state: RunState, span: Span, key: SpanId, place: Place, numbers: SpanNumbers, old: StoredSpan
    ) -> Taken:
        if not old.place.segment and place.segment and old.numbers.end >= numbers.end:
            self._rows.set_place(old.id, place)
            return "duplicate"
        if is_derived_root(span) and old.numbers.kind == AGENT:
            return self._merge_root(state, span, key, place, old)
        # Nobody who sends a later version replaces what a supervisor wrote.
        if numbers.end <= old.numbers.end or state.summary.announced:
            self._note_version(state, key, place, beside=old.place.checksum)
            return "duplicate"
        self._replace(state, key, old)
        self._note_version(state, key, old.place, beside=place.checksum)
        return "new"

    def _merge_root(self, state: RunState, span: Span, key: SpanId, place: Place, old: StoredSpan) -> Taken:
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
        start, end = min(numbers.start, old.numbers.start), max(numbers.end, old.numbers.end)
        if is_later:
            self._replace(state, key, old)
            self._store(state, span, key, place, numbers, document(span))
            self._flush()
            stored = self._rows.find(state.number, key)
            assert stored is not None
            old = stored
        self._note_version(state, key, loser, beside=old.place.checksum)
        self._rows.set_times(old.id, start, end)
        self._set_facts(state, key, facts)
        state.summary.start = min(state.summary.start, start)
        state.summary.end = max(state.summary.end, end)
        mention_all(state.summary, span, "", start)
        return "merged"

    def _store(
        self,
        state: RunState,
        span: Span,
        key: SpanId,
        place: Place,
        numbers: SpanNumbers,
        found: Document,
    ) -> None:
        parent = None if span.parent_id is None else pack_parent(span.parent_id)
        self._rows.append(state.number, key, parent, place, numbers, found)
        state.pending[key] = (numbers.end, place.checksum)
        state.summary.take(numbers)
        mention_all(state.summary, span, found.model, numbers.start)
        if numbers.kind == MODEL:
            state.summary.note_call(parent)
        role = _role(span, numbers)
        if role:
            self._connection.execute(
                "INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?, ?)",
                (state.number, role, numbers.start, key, parent, _dump(facts_of(span))),
            )
        if self._rows.weight >= _FLUSH_WEIGHT:
            self._flush()

    def _flush(self) -> None:
        self._rows.flush()
        for state in self._runs.values():
            if state.pending:
                state.pending.clear()
                state.is_new = False

    def _note_version(self, state: RunState, key: SpanId, place: Place, *, beside: int) -> None:
        """Remember where another version of a span is, so that it is known when it comes again."""
        if place.segment and place.checksum != beside:
            self._connection.execute(
                "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?, ?)",
                (state.number, key, place.segment, place.offset, place.length, place.checksum),
            )

    def _replace(self, state: RunState, key: SpanId, old: StoredSpan) -> None:
        """Remove a span for which a later version comes; the versions before it stay known."""
        if not state.summary.drop(old.numbers) or any(
            pack_id(span) == key for _, span, _ in state.summary.first.values()
        ):
            state.is_stale = True
        self._connection.execute("DELETE FROM heads WHERE run = ? AND span = ?", (state.number, key))
        self._rows.remove([old.id])

    def _forget(self, state: RunState, key: SpanId) -> None:
        for table in ("heads", "versions"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE run = ? AND span = ?",  # noqa: S608
                (state.number, key),
            )

    def _clear(self, state: RunState) -> None:
        self._flush()
        self._rows.remove(ids_of_run(self._connection, state.number))
        for table in ("heads", "versions"):
            self._connection.execute(f"DELETE FROM {table} WHERE run = ?", (state.number,))  # noqa: S608
        state.summary, state.given = RunSummary(), None

    def _rebuild(self, state: RunState) -> None:
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

    def _settle_shape(self, state: RunState) -> None:
        """Find root and steps of an intricate run, unless it is long: that waits until it is ``settled``."""
        summary = state.summary
        if not summary.intricate:
            summary.intricate = any(
                is_nested_call(self._connection, state.number, parent) for parent in summary.call_parents
            )
        is_settled = summary.shape is not None and summary.shape.spans == summary.spans
        if not summary.needs_shape or (is_settled and not state.is_stale):
            return
        if state.must_settle or summary.spans <= _SHORT_RUN:
            summary.shape = read_shape(self._connection, state.number)
        else:
            state.is_unsettled = True

    def _facts(self, state: RunState, key: SpanId) -> dict[str, Any]:
        (facts,) = self._connection.execute(
            "SELECT facts FROM heads WHERE run = ? AND role = 'agent' AND span = ?", (state.number, key)
        ).fetchone()
        return orjson.loads(facts)  # type: ignore[no-any-return]

    def _set_facts(self, state: RunState, key: SpanId, facts: Mapping[str, Any]) -> None:
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


def _role(span: Span, numbers: SpanNumbers) -> str:
    """As what a span may speak for its run; empty where it never does."""
    if numbers.kind in ROLES:
        return ROLES[numbers.kind]
    may_be_top = span.parent_id is None or (numbers.kind == OTHER and states_facts(span))
    return TOP if may_be_top else ""


def _adds_nothing(pending: tuple[int, int], span: Span, place: Place, numbers: SpanNumbers) -> bool:
    """Whether a span is no better than the one that waits to be written."""
    end, checksum = pending
    is_same = place.segment > 0 and checksum == place.checksum
    return is_same or (numbers.end <= end and not is_derived_root(span))


def _merged_facts(old: Mapping[str, Any], new: Mapping[str, Any], *, is_later: bool) -> dict[str, Any] | None:
    """The facts of both, ``None`` where the old one is no derived root."""
    if names.SOURCE not in old:
        return None
    union = {**old, **new} if is_later else {**new, **old}
    return {**union, "start": min(old["start"], new["start"]), "end": max(old["end"], new["end"])}


def _dump(facts: Mapping[str, Any]) -> str:
    return orjson.dumps(facts).decode()


def drop_runs(writer: SpanWriter, run_ids: Sequence[str]) -> int:
    """Remove runs whole; returns how many there were."""
    for run_id in run_ids:
        writer.clear_run(run_id)
    return len(run_ids)
