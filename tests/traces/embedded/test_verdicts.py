"""Evaluations decide outcomes that are unknown, by who gave them and when, in whatever order they come."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.traces.stored import fields_in, imported, write
from traces import attributes as names
from traces.catch_up import catch_up
from traces.documents import MAX_FIELD
from traces.embedded import EmbeddedIndex
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
from traces.evaluations import EVALUATION_EVENT
from traces.index import Query
from traces.labels import label_span, rating_span
from traces.outcome import Outcome
from traces.span import Span, SpanEvent, SpanLink
from traces.store import TraceStore
from traces.testing import START_NS, TraceBuilder, small_run

_JUDGED = {names.EVALUATION_NAME: "judge", names.EVALUATION_LABEL: "passed"}


def store_evaluation(connection: sqlite3.Connection, span: Span, *, trusted: bool = True) -> None:
    """Put the evaluations of a span into the table, for run 1."""
    for evaluation in evaluations_of(span):
        row = evaluation_row(evaluation, span, 1, segment=1, checksum=7, trusted=trusted)
        connection.execute(f"INSERT INTO evaluations VALUES ({', '.join('?' * len(row))})", row)


def label(outcome: Outcome, time_ns: int, who: str = "eve") -> Span:
    """What a person says of the run ``a…``."""
    return label_span("a" * 32, outcome, reason="seen", who=who, time_ns=time_ns)


@settings(
    max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    given_labels=st.lists(
        st.tuples(st.integers(0, 50), st.sampled_from([Outcome.PASSED, Outcome.FAILED]), st.booleans()),
        max_size=5,
        unique_by=lambda item: item[0],
    ),
    is_own=st.booleans(),
)
def test_the_latest_outcome_counts(
    connection: sqlite3.Connection, given_labels: list[tuple[int, Outcome, bool]], is_own: bool
) -> None:
    """Of a run of our own only what those said whom we trust."""
    connection.execute("DELETE FROM evaluations")
    for time_ns, outcome, trusted in given_labels:
        store_evaluation(connection, label(outcome, time_ns), trusted=trusted)
    heard = [item for item in given_labels if item[2] or not is_own]
    expected = max(heard, default=None)

    assert latest_verdict(connection, 1, own=is_own) == (
        None if expected is None else Verdict(outcome=expected[1].value, reason="labelled:label")
    )
    assert latest_verdict(connection, 2, own=is_own) is None


def test_what_names_no_outcome_gives_none(connection: sqlite3.Connection) -> None:
    """A rating, or a label that is no outcome's name."""
    store_evaluation(connection, rating_span("a" * 32, 4, reason="", who="eve", time_ns=1))
    odd = replace(label(Outcome.PASSED, 2), attributes={names.EVALUATION_LABEL: "lovely"})
    store_evaluation(connection, odd)

    assert latest_verdict(connection, 1, own=False) is None


def test_what_carries_an_evaluation() -> None:
    """A span by its name or attribute, or any span by an event; ordinary ones do not."""
    trace = TraceBuilder()
    event = SpanEvent(name=EVALUATION_EVENT, time_ns=5, attributes=_JUDGED)
    other = SpanEvent(name="exception", time_ns=5)

    assert has_evaluations(label(Outcome.PASSED, 1))
    assert has_evaluations(trace.span(attributes=_JUDGED))
    assert has_evaluations(trace.span(events=(other, event)))
    assert not has_evaluations(trace.span(events=(other,)))
    assert not has_evaluations(trace.chat("passed"))


def test_what_speaks_of_other_traces_alone() -> None:
    """It is part of no run; one that is in the trace it speaks of, or links to it too, is."""
    trace = TraceBuilder("a" * 32)
    elsewhere, here = (SpanLink(trace_id=id_ * 32, span_id="0" * 16) for id_ in "ba")

    assert is_only_evaluation(trace.span(attributes=_JUDGED, links=(elsewhere,)))
    assert not is_only_evaluation(trace.span(attributes=_JUDGED, links=(elsewhere, here)))
    assert not is_only_evaluation(trace.span(attributes=_JUDGED))
    assert not is_only_evaluation(trace.span(links=(elsewhere,)))


def test_who_is_a_person() -> None:
    """Only what this machine wrote: a foreign span's claims are filed elsewhere, its name decides nothing."""
    said = label(Outcome.PASSED, 1)

    assert is_by_person(said)
    assert not is_by_person(replace(said, name="foreign.evaluation"))
    assert not is_by_person(replace(said, attributes={**said.attributes, names.PROVENANCE: "model:gpt"}))
    assert not is_by_person(replace(said, attributes={}))


def test_ratings_have_a_field_of_their_own() -> None:
    """All other labels share one."""
    rating = next(evaluations_of(rating_span("a" * 32, 4, reason="", who="eve", time_ns=1)))
    other = next(evaluations_of(label(Outcome.PASSED, 1)))

    assert (label_field(rating), label_field(other)) == ("rating", "label")


def test_hostile_evaluations_fit_the_table(connection: sqlite3.Connection) -> None:
    """Times beyond 64 bits, long texts, lone surrogates."""
    span = replace(
        label(Outcome.PASSED, 1),
        end_ns=10**30,
        span_id="\ud800" * 5000,
        attributes={names.EVALUATION_NAME: "n\0" * 9000, names.EVALUATION_LABEL: "\ud800" * 9000},
    )
    store_evaluation(connection, span)
    (row,) = connection.execute("SELECT time, span, label, reason FROM evaluations").fetchall()

    assert row[0] == 2**63 - 1
    assert [len(text) for text in row[1:]] == [MAX_FIELD] * 3


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_labels_and_spans_may_come_in_any_order(store: TraceStore, order: Sequence[int]) -> None:
    """The outcome is that of the latest label, once all are there."""
    spans = imported()
    run_id = spans[0].trace_id
    parts = (
        list(spans),
        [label_span(run_id, Outcome.PASSED, reason="", who="a", time_ns=START_NS)],
        [label_span(run_id, Outcome.FAILED, reason="", who="b", time_ns=START_NS + 1)],
    )
    with EmbeddedIndex(store.index) as index:
        for place in order:
            write(store.foreign, parts[place])
            catch_up(index, store)

        assert fields_in(index, run_id)["outcome"] == "failed"
        assert fields_in(index, run_id)["reason"] == "labelled:label"


def test_a_verifier_is_not_overruled(store: TraceStore) -> None:
    """A known outcome stays; the label is kept as a label."""
    run = small_run(1, "failed")
    write(store.own, run.spans)
    write(store.own, [label_span(run.run_id, Outcome.PASSED, reason="", who="eve", time_ns=START_NS)])
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        page = index.search(Query(by_run=True, facets=("outcome", "label")))

    assert page.facets == {"outcome": {"failed": 1}, "label": {"passed": 1}}


def test_a_label_of_a_run_that_never_comes_is_no_run(store: TraceStore) -> None:
    """It is kept for the day when it does."""
    write(store.foreign, [label(Outcome.PASSED, 1)])
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        nothing = (index.run_ids(), index.stats().runs, index.search(Query()).total)
        write(store.foreign, [replace(span, trace_id="a" * 32) for span in imported()])
        catch_up(index, store)

        assert nothing == ((), 0, 0)
        assert fields_in(index, "a" * 32)["outcome"] == "passed"
        assert index.search(Query(facets=("label",), by_run=True)).facets["label"] == {"passed": 1}


def test_an_event_speaks_for_its_own_trace(store: TraceStore) -> None:
    """The span stays a part of its run."""
    root, chat, *rest = imported()
    event = SpanEvent(name=EVALUATION_EVENT, time_ns=5, attributes=_JUDGED)
    write(store.foreign, [root, replace(chat, events=(event,)), *rest])
    with EmbeddedIndex(store.index) as index:
        report = catch_up(index, store)

        assert report.spans == 4
        assert fields_in(index, root.trace_id)["outcome"] == "passed"
