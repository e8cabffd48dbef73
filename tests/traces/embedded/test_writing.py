"""Spans are taken in one by one, in any order and version, and none is lost or there twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces import attributes as names
from traces.documents import run_fields
from traces.embedded import EmbeddedIndex, writing
from traces.embedded.rows import Place
from traces.embedded.run_rows import Origin
from traces.embedded.verdicts import Verdict
from traces.embedded.writing import Taken
from traces.index import Query
from traces.normal import assemble
from traces.span import Span
from traces.testing import TraceBuilder, small_run
from traces.versions import latest_versions
from traces.where import parse_where


@pytest.fixture
def memory() -> Iterator[EmbeddedIndex]:
    """An index in memory."""
    with EmbeddedIndex(Path(":memory:")) as index:
        yield index


def take(
    index: EmbeddedIndex, *spans: Span, origin: Origin = "foreign", first: int = 1, segment: int = 1
) -> list[Taken]:
    """Take spans in, in one transaction; each has a checksum of its own, from ``first`` on."""
    with index.writing(reread=lambda _: iter(spans)) as writer:
        return [
            writer.take(span, Place(segment, 100 * number, 100, number), origin=origin)
            for number, span in enumerate(spans, start=first)
        ]


def versions_in(index: EmbeddedIndex) -> list[tuple[int, int]]:
    """The checksum and place of each version that does not count."""
    return index.connection.execute("SELECT checksum, place FROM versions ORDER BY checksum").fetchall()


def longer(span: Span, seconds: int) -> Span:
    """A version that ends later and says so."""
    return replace(
        span, end_ns=span.end_ns + seconds * 10**9, attributes={**span.attributes, "v": str(seconds)}
    )


def test_a_later_version_replaces_the_one_before(memory: EmbeddedIndex) -> None:
    """Within a transaction and between two; the one before stays known with its place."""
    chat = TraceBuilder().chat("first")
    taken = take(memory, chat, longer(chat, 1))
    again = take(memory, longer(chat, 2), first=3)

    assert (taken, again) == (["new", "new"], ["new"])
    assert versions_in(memory) == [(1, 100), (2, 200)]
    assert memory.search(Query()).total == 1


def test_an_earlier_version_changes_nothing(memory: EmbeddedIndex) -> None:
    """But it is noted, once, so that it is known when it comes again."""
    chat = TraceBuilder().chat("first")
    taken = take(memory, longer(chat, 2), chat, chat)
    again = take(memory, longer(chat, 1), first=9)

    assert (taken, again) == (["new", "duplicate", "duplicate"], ["duplicate"])
    assert versions_in(memory) == [(2, 200), (3, 300), (9, 900)]


def test_the_very_same_record_is_no_version(memory: EmbeddedIndex) -> None:
    """Its checksum is that of the one that counts."""
    chat = TraceBuilder().chat("first")
    taken = [take(memory, chat, first=1) for _ in range(3)]

    assert taken == [["new"], ["duplicate"], ["duplicate"]]
    assert versions_in(memory) == []


def test_a_span_without_a_place_leaves_no_version(memory: EmbeddedIndex) -> None:
    """There would be nothing to read again; it gets the place of the record that comes."""
    run = small_run(1)
    memory.add([run])
    taken = take(memory, *run.spans, origin="own")

    assert taken == ["duplicate"] * 3
    assert versions_in(memory) == []
    places = memory.connection.execute("SELECT place, checksum FROM spans ORDER BY place").fetchall()
    assert places == [(100, 1), (200, 2), (300, 3)]


def test_nobody_replaces_what_a_supervisor_wrote(memory: EmbeddedIndex) -> None:
    """Once the run is announced, the first span of an id counts."""
    trace = TraceBuilder()
    chat = trace.chat("first")
    taken = take(memory, trace.started(), chat, origin="own")
    again = take(memory, longer(chat, 5), origin="own", first=8)

    assert (taken, again) == (["new", "new"], ["duplicate"])
    assert versions_in(memory) == [(8, 800)]
    assert memory.search(Query(text="first")).total == 1


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_versions_come_to_the_same_as_all_at_once(data: st.DataObject) -> None:
    """Text, times and sums are those of the version that counts, whatever came in between and when."""
    trace = TraceBuilder()
    firsts = [trace.chat("c", input_tokens=10), trace.tool("bash", {}, "out"), trace.span("other")]
    versions = [
        replace(span, end_ns=span.start_ns + end, status_message=f"v{end}", status="error")
        for span in firsts
        for end in data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True))
    ]
    order = data.draw(st.permutations(versions))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=3)))
    with EmbeddedIndex(Path(":memory:")) as index:
        for begin, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
            take(index, *order[begin:end], first=begin + 1)
        expected = latest_versions(order)
        hits = {hit.span_id: hit.fields for hit in index.search(Query(limit=50)).hits}
        run = run_fields(assemble(expected))

        assert {id_: fields["error"] for id_, fields in hits.items()} == {
            span.span_id: span.status_message for span in expected
        }
        for name in ("time", "end", "steps", "tokens", "seconds"):
            assert next(iter(hits.values())).get(name) == pytest.approx(run[name]), name
        for span in versions:
            counts = index.search(Query(text=span.status_message)).total
            assert counts == sum(span.status_message == kept.status_message for kept in expected)


def test_writing_in_small_parts_comes_to_the_same(
    memory: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are written when enough wait; runs that are half written are gone on with."""
    spans = [span for number in range(1, 9) for span in small_run(number).spans]
    monkeypatch.setattr(writing, "_FLUSH_WEIGHT", 1)
    with EmbeddedIndex(Path(":memory:")) as whole:
        monkeypatch.undo()
        take(whole, *spans)
        monkeypatch.setattr(writing, "_FLUSH_WEIGHT", 2500)
        taken = take(memory, *spans, *spans)
        query = Query(facets=("outcome", "tool", "task"), limit=100)

        assert taken == ["new"] * 24 + ["duplicate"] * 24
        assert memory.search(query) == whole.search(query)


def test_own_spans_drive_out_foreign_ones(memory: EmbeddedIndex) -> None:
    """Whoever came first; then no foreign one enters."""
    ours = small_run(1)
    theirs = [replace(span, name="theirs", span_id=f"{9 + n:016x}") for n, span in enumerate(ours.spans)]
    taken = take(memory, *theirs), take(memory, *ours.spans, origin="own"), take(memory, *theirs)

    assert [set(found) for found in taken] == [{"new"}, {"new"}, {"ignored"}]
    assert memory.search(Query(where=(parse_where("name=theirs"),))).total == 0
    assert memory.search(Query()).total == 3


def test_annotations_wait_for_their_run(memory: EmbeddedIndex) -> None:
    """They make no run; they are there when it comes, and when it went and came back."""
    memory.annotate("a" * 32, {"signal": ["loop", "stall"], "label": ["odd"]})
    trace = TraceBuilder("a" * 32)
    spans = [trace.chat("hello"), trace.root()]
    early = memory.search(Query(where=(parse_where("signal=loop"),))).total
    take(memory, *spans)
    there = memory.search(Query(where=(parse_where("signal=loop"),), facets=("signal",), by_run=True))
    memory.delete([parse_where("label=odd")])
    gone = memory.search(Query(where=(parse_where("signal=loop"),))).total
    taken = take(memory, *spans, segment=2)

    assert (early, there.total, gone, taken) == (0, 1, 0, ["new", "new"])
    assert there.facets["signal"] == {"loop": 1, "stall": 1}
    assert memory.search(Query(where=(parse_where("label=odd"),))).total == 2


def test_a_deleted_run_comes_back_as_it_was(memory: EmbeddedIndex) -> None:
    """Same fields, same hits, nothing left of before."""
    spans = small_run(4).spans
    query = Query(facets=("outcome", "tool", "model", "run"), text="tests")
    take(memory, *spans)
    before = memory.search(query)
    memory.delete([parse_where("task=task-4")])
    nothing = memory.search(query)
    take(memory, *spans)

    assert (nothing.total, nothing.hits) == (0, ())
    assert memory.search(query) == before
    assert memory.connection.execute("SELECT count(*) FROM heads").fetchone() == (1,)


def test_replacing_a_run_forgets_what_is_not_in_it(memory: EmbeddedIndex) -> None:
    """A verdict counts until the next replacement."""
    trace = TraceBuilder()
    one, two, root = trace.chat("alpha"), trace.chat("beta"), trace.root("unknown")
    for spans, verdict in (((one, root), "passed"), ((two, root), "failed")):
        with memory.writing() as writer:
            writer.replace_run(trace.trace_id, spans, Verdict(outcome=verdict, reason="given"))

    page = memory.search(Query(facets=("outcome", "reason"), by_run=True))
    assert page.facets == {"outcome": {"failed": 1}, "reason": {"given": 1}}
    assert [memory.search(Query(text=text)).total for text in ("alpha", "beta")] == [0, 1]


def test_a_derived_root_grows(memory: EmbeddedIndex) -> None:
    """Its earliest start and latest end, and what any of its versions said, the later one first."""
    trace = TraceBuilder()
    root = replace(trace.root("", source="codex", agent_name="codex"), parent_id=None)
    parts = [
        replace(root, start_ns=root.start_ns + 5 * 10**9, end_ns=root.end_ns + 9 * 10**9),
        root,
        replace(longer(root, 3), attributes={**root.attributes, names.TASK: "t"}),
    ]
    taken = [take(memory, part, first=number) for number, part in enumerate(parts, start=1)]
    (hit,) = memory.search(Query()).hits

    assert [found[0] for found in taken] == ["new", "merged", "merged"]
    assert (hit.fields["task"], hit.fields["agent"]) == ("t", "codex")
    assert hit.fields["seconds"] == pytest.approx(9.5)
    assert [checksum for checksum, _ in versions_in(memory)] == [2, 3]


def test_ids_that_are_cut_fit_their_children(memory: EmbeddedIndex) -> None:
    """A parent's id is stored as the parent's own, however long and odd both are."""
    odd = "\ud800x\0" * 2000
    trace = TraceBuilder()
    take(memory, replace(trace.span("top"), span_id=odd), trace.span("below", parent_id=odd))
    rows = memory.connection.execute("SELECT span, parent FROM spans ORDER BY id").fetchall()

    assert rows[0][0] == rows[1][1]
    assert len(rows[0][0]) == 1000
