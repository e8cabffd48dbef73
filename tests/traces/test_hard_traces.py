"""Traces as they should not be, end to end: stored, indexed, found, read back and assembled."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.traces.stored import fields_in, fields_of, write
from traces import attributes as names
from traces.catch_up import CaughtUp, catch_up
from traces.codec import mend
from traces.documents import MAX_TEXT, document
from traces.embedded import EmbeddedIndex
from traces.index import Hit, Query
from traces.messages import parse_messages
from traces.normal import assemble
from traces.run import Run
from traces.segments import SegmentWriter
from traces.span import Span
from traces.store import TraceStore
from traces.testing import SECOND_NS, START_NS, TraceBuilder
from traces.where import parse_where

_DAY_NS = 24 * 3600 * SECOND_NS


@pytest.fixture
def index(store: TraceStore) -> Iterator[EmbeddedIndex]:
    """The index of the store."""
    with EmbeddedIndex(store.index) as empty:
        yield empty


def bring(store: TraceStore, index: EmbeddedIndex, spans: Sequence[Span]) -> CaughtUp:
    """Store spans as a receiver does, and index them."""
    with SegmentWriter(store.foreign) as writer:
        writer.append_many(spans)
    return catch_up(index, store)


def assembled(store: TraceStore, index: EmbeddedIndex, run_id: str = "a" * 32) -> Run:
    """The run as it is read back by its places."""
    return assemble(index.run_spans(run_id, store))


def agrees(store: TraceStore, index: EmbeddedIndex, spans: Sequence[Span]) -> bool:
    """Whether the index says of the run what the normal form says of all its spans."""
    expected = fields_of("a" * 32, spans)
    found = fields_in(index, "a" * 32)
    return {name: found.get(name, "") for name in expected} == pytest.approx(expected)


def hits(index: EmbeddedIndex, text: str = "", *where: str) -> tuple[Hit, ...]:
    """What a search finds."""
    return index.search(Query(text=text, where=tuple(map(parse_where, where)), limit=1000)).hits


def test_a_trace_of_many_spans(store: TraceStore, index: EmbeddedIndex) -> None:
    """It is settled, counted, paged and read back whole; that it grows by a few spans costs little."""
    trace = TraceBuilder()
    spans = [trace.tool("bash", "{}", f"line{number}") for number in range(4000)]
    bring(store, index, [*spans, trace.root(task="long")])
    begin = time.process_time()
    bring(store, index, [trace.tool("bash", "{}", "late")])
    seconds = time.process_time() - begin
    last = index.search(Query(where=(parse_where("task=long"),), offset=3998, limit=10))

    assert seconds < 0.5
    assert (last.total, len(last.hits)) == (4002, 4)
    assert len(assembled(store, index).tool_calls) == 4001
    assert [hit.span_id for hit in hits(index, "line3210")] == [f"{3211:016x}"]


@pytest.mark.slow
def test_a_trace_of_a_hundred_thousand_spans(store: TraceStore, index: EmbeddedIndex) -> None:
    """Indexed at no more than twice the price of others, in however many parts it comes."""
    trace = TraceBuilder()
    calls = [trace.chat(f"answer {number}") for number in range(50_000)]
    tools = [trace.tool("bash", "{}", f"result {number}") for number in range(50_000)]
    begin = time.process_time()
    for start in range(0, 50_000, 10_000):
        bring(store, index, [*calls[start : start + 10_000], *tools[start : start + 10_000]])
    bring(store, index, [trace.root("passed", task="huge")])
    seconds = time.process_time() - begin
    catch_up(index, store)

    assert seconds < 30
    assert fields_in(index, "a" * 32)["steps"] == 50_000
    assert index.search(Query(text="answer", limit=1)).total == 50_000
    assert len(assembled(store, index).model_calls) == 50_000


def test_an_attribute_of_twenty_megabytes(store: TraceStore, index: EmbeddedIndex) -> None:
    """Its beginning is found, its row stays small, and it is read back whole."""
    trace = TraceBuilder()
    huge = "beginning " + "x" * (20 << 20) + " ending"
    call = trace.tool("bash", "{}", huge)
    bring(store, index, [call, trace.chat("small"), trace.root()])
    (row,) = index.connection.execute("SELECT max(length(text)) FROM spans").fetchone()
    (hit,) = hits(index, "beginning")

    assert row == MAX_TEXT
    assert hit.snippet.startswith("bash\n{}\nbeginning")
    assert hits(index, "ending") == ()
    assert assembled(store, index).tool_calls[0].result == huge
    assert index.stats().size < 4 << 20


def test_huge_messages_are_cut_too(store: TraceStore, index: EmbeddedIndex) -> None:
    """In the usual form and in any other; what comes before them in the span is not lost."""
    trace = TraceBuilder()
    usual = trace.chat("word " * 100_000)
    torn = trace.chat("", output_messages='[{"role": "assistant", "parts": [' + "torn " * 100_000)
    bring(store, index, [usual, torn, trace.root()])

    assert len(document(usual).text) == len(document(torn).text) == MAX_TEXT
    assert {hit.span_id for hit in hits(index, "word")} == {usual.span_id}
    assert {hit.span_id for hit in hits(index, "torn assistant")} == {torn.span_id}


@pytest.mark.parametrize("odd", ["\ud800", "a\udc00b", "\0", "\ud83d\ude00", "e\u0301", "\u202e\ufeff"])
def test_text_that_is_no_proper_text(store: TraceStore, index: EmbeddedIndex, odd: str) -> None:
    """In names, values and errors, of a span and of its run: found, shown and read back, mended."""
    trace = TraceBuilder()
    call = replace(
        trace.tool(f"tool{odd}", {"k": odd}, f"before {odd} after"),
        name=f"name{odd}",
        status="error",
        status_message=f"broke{odd}",
    )
    bring(store, index, [call, trace.root("failed", task=f"task{odd}")])
    (hit,) = hits(index, "before after")
    stored = mend(odd).replace("\0", " ")

    assert hit.fields["tool"] == f"tool{stored}"
    assert (hit.fields["name"], hit.fields["error"]) == (f"name{stored}", f"broke{stored}")
    assert len(hits(index, "", f"task=task{odd}")) == 2
    assert assembled(store, index).tool_calls[0].result == f"before {mend(odd)} after"


def test_clocks_that_differ(store: TraceStore, index: EmbeddedIndex) -> None:
    """A child before its parent, an end before its start: no negative durations, and the run spans them all."""
    trace = TraceBuilder()
    root = trace.root("passed")
    early = replace(trace.chat("early"), start_ns=START_NS - 100 * SECOND_NS, end_ns=START_NS)
    late = trace.tool("bash", "{}", "backwards")
    backwards = replace(late, end_ns=late.start_ns - 50 * SECOND_NS)
    spans = [root, early, backwards]
    bring(store, index, spans)
    found = {hit.span_id: hit.fields for hit in hits(index)}

    assert found[backwards.span_id]["duration"] == 0.0
    assert found[early.span_id]["duration"] == 100.0
    assert found[root.span_id]["time"] == START_NS / 1e9 - 100
    assert agrees(store, index, spans)
    assert assembled(store, index).outcome.value == "passed"


def test_parents_that_are_missing(store: TraceStore, index: EmbeddedIndex) -> None:
    """All belong to the run nonetheless; one that comes later finds its place."""
    trace = TraceBuilder()
    middle = trace.span("middle", span_id="e" * 16, parent_id="f" * 16)
    calls = [replace(trace.chat(f"say {number}"), parent_id="e" * 16) for number in range(3)]
    stray = trace.tool("bash", "{}", "stray")
    parts = [[calls[0], replace(stray, parent_id="9" * 16)], [calls[1], calls[2]], [trace.root()], [middle]]
    spans: list[Span] = []
    for part in parts:
        bring(store, index, part)
        spans += part

        assert agrees(store, index, spans)
    assert len(assembled(store, index).model_calls) == 3


def test_parents_in_a_circle(store: TraceStore, index: EmbeddedIndex) -> None:
    """Of agents, of calls, and of one that is its own parent: there is a run, and an end to looking for it."""
    trace = TraceBuilder()
    ring = [f"{number:016x}" for number in (11, 12, 13)]
    agents = [
        replace(trace.root("failed"), span_id=ring[place], parent_id=ring[place - 1]) for place in range(3)
    ]
    own = replace(trace.chat("mine"), span_id="7" * 16, parent_id="7" * 16)
    calls = [
        replace(trace.chat("a"), span_id="8" * 16, parent_id="9" * 16),
        replace(trace.chat("b"), span_id="9" * 16, parent_id="8" * 16),
    ]
    spans = [*agents, own, *calls]
    bring(store, index, spans)

    assert agrees(store, index, spans)
    assert index.search(Query(by_run=True)).total == 1
    assert {span.span_id for span in assembled(store, index).spans} == {span.span_id for span in spans}


def test_ids_that_occur_twice(store: TraceStore, index: EmbeddedIndex) -> None:
    """In a trace the one that ends last counts, whatever it is; in two traces they are two."""
    trace, other = TraceBuilder(), TraceBuilder("b" * 32)
    short = trace.chat("short")
    long = replace(trace.tool("bash", "{}", "long"), span_id=short.span_id)
    elsewhere = other.chat("elsewhere")
    report = bring(store, index, [long, short, trace.root(), elsewhere, other.root()])

    assert elsewhere.span_id == short.span_id
    assert (report.spans, report.duplicates) == (4, 1)
    assert hits(index, "short") == ()
    assert [hit.run_id[0] for hit in (*hits(index, "long"), *hits(index, "elsewhere"))] == ["a", "b"]
    assert [call.name for call in assembled(store, index).tool_calls] == ["bash"]
    assert agrees(store, index, [long, trace_root(store, index)])


def trace_root(store: TraceStore, index: EmbeddedIndex) -> Span:
    """The root that was read back."""
    return next(span for span in index.run_spans("a" * 32, store) if span.span_id == "f" * 16)


def test_spans_that_come_days_late(store: TraceStore, index: EmbeddedIndex) -> None:
    """Long after their run was closed, compressed and searched, in the wrong order: the run has them all."""
    trace = TraceBuilder()
    root = trace.root("failed", task="t")
    late = [
        replace(span, start_ns=span.start_ns + days * _DAY_NS, end_ns=span.end_ns + days * _DAY_NS)
        for days, span in ((3, trace.tool("bash", "{}", "third")), (1, trace.chat("first")))
    ]
    bring(store, index, [trace.chat("now"), root])
    before = fields_in(index, "a" * 32)
    for number in range(2, 40):
        write(store.own, [replace(root, trace_id=f"{number:032x}")])
    catch_up(index, store)
    for span in late:
        bring(store, index, [span])
    after = fields_in(index, "a" * 32)

    assert (before["steps"], after["steps"]) == (1, 2)
    assert float(after["end"]) - float(before["end"]) > 2.9 * 24 * 3600
    assert [span.span_id for span in assembled(store, index).spans][-1] == late[0].span_id
    assert agrees(store, index, index.run_spans("a" * 32, store))


@settings(max_examples=examples(60), deadline=None)
@given(
    messages=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["role", "parts", "type", "content", "text"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ),
    role=st.sampled_from([names.INPUT_MESSAGES, names.OUTPUT_MESSAGES]),
)
def test_messages_of_any_form_are_read_as_everybody_reads_them(messages: object, role: str) -> None:
    """The short way for the usual form says what the long way says, and never fails."""
    text = json.dumps(messages)
    span = replace(TraceBuilder().span(), attributes={names.OPERATION: "chat", role: text})
    said = [
        message.text
        for message in parse_messages(text)
        if message.text and (role == names.OUTPUT_MESSAGES or message.role == "user")
    ]

    assert document(span).text == mend("\n".join(said)).replace("\0", " ")
