"""Large results are capped and say so, and orders that sort only a page equal those that sort all."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.embedded import EmbeddedIndex, searching
from traces.embedded.counting import MAX_VALUES, count_values
from traces.embedded.matching import find_matches, phrases_of, snippets
from traces.embedded.ordering import first_of, first_runs, of_run
from traces.embedded.snapshot import Snapshot, Spans
from traces.fields import field_named
from traces.index import Query, Sort
from traces.normal import assemble
from traces.testing import TraceBuilder, small_run
from traces.where import parse_where


def test_matches_are_the_newest_where_there_are_too_many(index: EmbeddedIndex) -> None:
    """In the order of their ids; exactly as many as allowed are not capped."""
    index.add(small_run(number) for number in range(1, 6))
    with index.reading() as snapshot:
        everything = find_matches(snapshot.connection, phrases_of("tests"), limit=5)
        capped = find_matches(snapshot.connection, phrases_of("tests"), limit=2)
        within = find_matches(snapshot.connection, phrases_of("tests"), limit=None, within=(3, 8))

    assert (everything.capped, len(everything.ids)) == (False, 5)
    assert (capped.capped, capped.ids.tolist()) == (True, everything.ids[-2:].tolist())
    assert within.ids.tolist() == [id_ for id_ in everything.ids.tolist() if 3 <= id_ <= 8]


def test_a_capped_page_says_so_and_is_full(index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conditions that leave too few of the newest matches make the search look at all."""
    monkeypatch.setattr(searching, "MATCHES", 3)
    index.add(small_run(number, "passed" if number < 3 else "failed") for number in range(1, 8))
    some = index.search(Query(text="tests", limit=2, facets=("outcome",)))
    old = index.search(Query(text="tests", where=(parse_where("outcome=passed"),), limit=2))

    assert (some.capped, some.total, some.facets["outcome"]) == (True, 3, {"failed": 3})
    assert [int(hit.run_id, 16) for hit in some.hits] == [7, 6]
    assert (old.capped, old.total, len(old.hits)) == (False, 2, 2)


def test_the_better_match_comes_first(index: EmbeddedIndex) -> None:
    """Where few match, the word's weight in the text decides; where many do, the newest."""
    trace, later = TraceBuilder("1" * 32), TraceBuilder("2" * 32, start_ns=10**18)
    best = trace.tool("grep", {}, "needle needle needle")
    index.add([assemble([best, trace.root()])])
    index.add([assemble([later.tool("grep", {}, "a needle in a haystack, " + "hay " * 50), later.root()])])

    assert index.search(Query(text="needle")).hits[0].run_id == "1" * 32
    assert index.search(Query(text="needle", sort=(Sort(field="time", descending=True),))).hits[0].run_id == (
        "1" * 32
    )


def test_snippets_show_the_match(index: EmbeddedIndex) -> None:
    """Each of its own text, in their order."""
    texts = ["nothing " * 100 + "the needle here " + "nothing " * 100, "another needle"]
    with index.reading() as snapshot:
        shown = snippets(snapshot.connection, phrases_of("needle"), texts)

    assert "the needle here" in shown[0]
    assert len(shown[0]) < 250
    assert shown[1] == "another needle"


def test_a_snippet_of_a_long_text_costs_little(index: EmbeddedIndex) -> None:
    """However often the words occur, and wherever they first do; close together if they ever are."""
    texts = [
        "needle " * 30_000,
        "hay " * 30_000 + "needle " * 10,
        "needle " + "hay " * 30_000 + "the needle by the thread",
        "needle " + "hay " * 30_000 + "thread",
        "hay",
        "",
    ]
    begin = time.process_time()
    with index.reading() as snapshot:
        one = snippets(snapshot.connection, phrases_of("needle"), texts)
        both = snippets(snapshot.connection, phrases_of("needle thread"), texts)

    assert time.process_time() - begin < 2.0
    assert one[0].startswith("needle needle")
    assert one[1].startswith("…")
    assert "hay needle" in one[1]
    assert one[4:] == both[4:] == ["", ""]
    assert both[2].endswith("the needle by the thread")
    assert both[3].startswith("needle hay")


def _spans(index: EmbeddedIndex, sizes: list[int]) -> Snapshot:
    runs = []
    for number, size in enumerate(sizes, start=1):
        trace = TraceBuilder(f"{number:032x}", start_ns=10**18 + (number % 3) * 10**12)
        runs.append(assemble([*(trace.tool("bash", {}, "x") for _ in range(size)), trace.root()]))
    index.add(runs)
    with index.reading() as snapshot:
        return snapshot


@settings(max_examples=examples(40), deadline=None)
@given(
    sizes=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    count=st.integers(0, 30),
    data=st.data(),
)
def test_the_first_of_an_order_are_those_of_the_whole_order(
    sizes: list[int], count: int, data: st.DataObject
) -> None:
    """Whatever ties there are, of spans and of runs."""
    with EmbeddedIndex(Path(":memory:")) as index:
        snapshot = _spans(index, sizes)
        spans = snapshot.all_spans()
        weights = np.array(
            data.draw(st.lists(st.integers(0, 2), min_size=len(spans), max_size=len(spans))), np.int64
        )
        by_run = np.arange(len(snapshot.run_column("spans"))) % 2
        keys = (lambda some: weights[some.places], of_run(by_run), lambda some: some.places)
        whole = first_of(spans, keys, len(spans))
        expected = sorted(
            range(len(spans)), key=lambda place: (weights[place], by_run[spans.runs[place]], place)
        )
        ordered_runs = first_runs(spans, keys, count, by_run_keys=False).runs.tolist()

        assert whole.places.tolist() == expected
        assert first_of(spans, keys, count).places.tolist() == expected[:count]
        assert ordered_runs == list(dict.fromkeys(spans.runs[expected].tolist()))[:count]


def test_runs_are_chosen_before_their_spans_are_sorted(
    index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many spans the same runs come, and of each the same span."""
    index.add(small_run(number) for number in range(1, 9))
    query = Query(by_run=True, sort=(Sort(field="outcome"), Sort(field="seconds", descending=True)), limit=3)
    before = index.search(query)
    monkeypatch.setattr("traces.embedded.ordering._SORTED_WHOLE", 0)

    assert index.search(query) == before


def test_a_facet_keeps_the_most_frequent_values(index: EmbeddedIndex) -> None:
    """Of a field with a value for each span there is no end."""
    trace = TraceBuilder()
    spans = [trace.span(f"name-{number}") for number in range(MAX_VALUES + 5)]
    index.add([assemble([*spans, trace.span("name-7")])])
    with index.reading() as snapshot:
        counts = count_values(snapshot.all_spans(), field_named("name"), by_run=False)
        none = count_values(
            Spans(snapshot=snapshot, positions=np.zeros(0, np.int64)), field_named("name"), by_run=True
        )

    assert len(counts) == MAX_VALUES
    assert next(iter(counts.items())) == ("name-7", 2)
    assert none == {}


def test_facets_of_runs_themselves(index: EmbeddedIndex) -> None:
    """How many matches each run has."""
    index.add(small_run(number) for number in (1, 2))
    page = index.search(Query(text="tests", facets=("run",)))

    assert page.facets["run"] == {f"{1:032x}": 1, f"{2:032x}": 1}
