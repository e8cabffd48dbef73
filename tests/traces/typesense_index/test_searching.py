"""What the server cannot do in one request, or at all, is done with several, or said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from tests.traces.typesense_index.fake_typesense import FakeTypesense
from traces.errors import QueryError
from traces.index import Query, Sort
from traces.normal import assemble
from traces.run import Run
from traces.testing import START_NS, TraceBuilder, small_run
from traces.typesense_index import TypesenseIndex, nearest, searching
from traces.typesense_index.asking import phrase_checks, server_order, words_of
from traces.where import parse_where

Open = Callable[..., TypesenseIndex]


def _long(number: int, count: int) -> Run:
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * 10**13)
    return assemble([*(trace.tool("grep", {}, f"word {place}") for place in range(count)), trace.root()])


def _searches(server: FakeTypesense) -> list[dict[str, object]]:
    bodies = [json.loads(body) for _, path, _, body in server.requests if path == "/multi_search"]
    return [search for body in bodies for search in body["searches"]]


def _numbers(hits: Sequence[object]) -> list[int]:
    return [int(hit.run_id, 16) for hit in hits]  # type: ignore[attr-defined]


def test_more_than_a_page_of_hits_takes_several(index: TypesenseIndex, server: FakeTypesense) -> None:
    """The server gives 250 at once; each hit comes once, in order."""
    index.add([_long(1, 600)])
    server.requests.clear()
    page = index.search(Query(limit=1000, offset=100))

    assert [hit.span_id for hit in page.hits[:-1]] == [f"{place:016x}" for place in range(101, 601)]
    assert (page.total, len(page.hits)) == (601, 501)
    assert [(search["offset"], search["per_page"]) for search in _searches(server)] == [
        ("100", "250"),
        ("350", "250"),
        ("600", "250"),
    ]


def test_a_page_beyond_the_last_is_empty(index: TypesenseIndex) -> None:
    """Its total is of all."""
    index.add([small_run(1)])
    page = index.search(Query(offset=500, limit=500))

    assert (page.hits, page.total) == ((), 3)


def test_snippets_have_no_marks(index: TypesenseIndex, server: FakeTypesense) -> None:
    """What looks like one in a text stays."""
    trace = TraceBuilder()
    index.add([assemble([trace.tool("grep", {}, "a <mark> that needle stands in"), trace.root()])])
    (hit,) = index.search(Query(text="needle")).hits

    assert "<mark> that needle stands in" in hit.snippet
    assert hit.snippet.count("mark") == 1


def test_without_text_the_beginning_is_shown(index: TypesenseIndex, server: FakeTypesense) -> None:
    """The long text itself is not sent."""
    trace = TraceBuilder()
    index.add([assemble([trace.tool("grep", {}, "begins " + "x " * 50_000), trace.root()])])
    hit = index.search(Query()).hits[0]

    assert "begins" in hit.snippet
    assert len(hit.snippet) <= 200
    assert all("text" in str(search.get("exclude_fields")) for search in _searches(server) if "group_by" not in search and search["collection"] == "flywheel_spans")  # fmt: skip


def test_a_server_that_gave_up_is_told(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Total and counts are lower bounds then."""
    index.add([small_run(1)])
    server.cutoff = True

    assert index.search(Query()).capped
    assert index.search(Query(sort=(Sort(field="task"),))).capped


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FAILED tests", "FAILED tests"),
        ('"exit code" -x', '"exit code" x'),
        ("test_add.py", '"test add py"'),
        ('un"closed', '"un closed"'),
        ("* || a:=`b`", '"a b"'),
        ("word word", "word"),
        ("café\ud800", "café"),
    ],
)
def test_nothing_in_a_text_is_an_operator(text: str, words: str) -> None:
    """Words are words; what has a sign within is a phrase."""
    assert words_of(text) == words


def test_each_phrase_must_occur(index: TypesenseIndex, server: FakeTypesense) -> None:
    """The server itself leaves out a phrase that is nowhere, and starts anew after two that are nowhere together."""
    one, two = TraceBuilder("1" * 32), TraceBuilder("2" * 32)
    index.add(
        [
            assemble([one.tool("grep", {}, "red apple then green pear"), one.root()]),
            assemble([two.tool("grep", {}, "blue plum then black berry"), two.root()]),
        ]
    )

    assert index.search(Query(text='"red apple" "green pear"')).total == 1
    assert index.search(Query(text='"red apple" "no such"', facets=("tool",))).facets == {"tool": {}}
    assert index.search(Query(text='"red apple" "blue plum" "green pear"')).total == 0
    assert index.search(Query(text='then "black berry"')).total == 1


def test_a_phrase_alone_needs_no_checks() -> None:
    """Several are asked for one by one, and the first ones together."""
    assert phrase_checks('one "two three"') == []
    assert phrase_checks('"a b" c.d "e f" g') == ['"a b"', '"c d"', '"e f"', '"a b" "c d"']


def test_words_are_asked_for_as_they_are(index: TypesenseIndex, server: FakeTypesense) -> None:
    """No guessing, no completion, none left out: a server's defaults do all three."""
    index.search(Query(text="asertionerror"))
    (search,) = _searches(server)

    assert (search["num_typos"], search["prefix"], search["drop_tokens_threshold"]) == ("0", "false", "0")
    assert search["exhaustive_search"] == "false"


@pytest.mark.parametrize(
    ("query", "order"),
    [
        (Query(), "time_billionths:desc,order:asc"),
        (Query(text="a"), "_text_match:desc,time_billionths:desc,order:asc"),
        (Query(sort=(Sort(field="time", descending=True),)), "time_billionths:desc,order:asc"),
        (
            Query(sort=(Sort(field="cost"), Sort(field="steps", descending=True))),
            "cost_billionths:asc,steps_billionths:desc,order:asc",
        ),
        (Query(sort=(Sort(field="cost"), Sort(field="cost"))), "cost_billionths:asc,order:asc"),
        (Query(sort=(Sort(field="cost"), Sort(field="steps"), Sort(field="time"))), None),
        (Query(sort=(Sort(field="task"),)), None),
        (Query(near=(1.0,)), None),
        (Query(near=(1.0,), sort=(Sort(field="cost"),)), "cost_billionths:asc,order:asc"),
    ],
)
def test_the_server_keeps_the_orders_that_it_can(query: Query, order: str | None) -> None:
    """Three keys, the last of which is the place in the run, and none of them a text."""
    assert server_order(query) == order


def test_too_many_to_sort_by_hand_are_refused(index: TypesenseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a word on what can be done."""
    monkeypatch.setattr(searching, "GATHERED", 5)
    index.add(small_run(number) for number in range(1, 4))

    with pytest.raises(QueryError, match="9 match, and no more than 5 can be sorted like this; narrow"):
        index.search(Query(sort=(Sort(field="task"),)))
    assert index.search(Query(sort=(Sort(field="task"),), by_run=True)).total == 3
    assert index.search(Query(sort=(Sort(field="task"),), where=(parse_where("kind=tool"),))).total == 3


def test_of_too_many_the_nearest_runs_are_shown(
    index: TypesenseIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as the page takes, with the total of all."""
    monkeypatch.setattr(searching, "GATHERED", 7)
    index.add(small_run(number) for number in range(1, 6))
    for number in range(1, 6):
        index.annotate(f"{number:032x}", {}, vector=[1.0, float(number)])
    page = index.search(Query(near=(1.0, 0.0), limit=5))
    second = index.search(Query(near=(1.0, 0.0), limit=1, offset=5))

    assert _numbers(page.hits) == [1, 1, 1, 2, 2]
    assert _numbers(second.hits) == [2]
    assert (page.total, page.capped) == (15, False)


def test_runs_far_away_are_left_out_and_that_is_told(
    index: TypesenseIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only so many vectors are compared; conditions on runs hold before that."""
    monkeypatch.setattr(nearest, "NEAREST", 250)
    monkeypatch.setattr(nearest, "_COMPARED_ALL", 0)
    trace_ids = [f"{number:032x}" for number in range(1, 256)]
    index.add(
        assemble([TraceBuilder(id_, start_ns=START_NS).root("passed" if id_[-1] == "f" else "failed")])
        for id_ in trace_ids
    )
    for place, id_ in enumerate(trace_ids):
        index.annotate(id_, {}, vector=[1.0, place / 100])
    everything = index.search(Query(near=(1.0, 0.0), by_run=True, limit=300))
    narrow = index.search(Query(near=(1.0, 0.0), where=(parse_where("outcome=passed"),), limit=300))

    assert (everything.total, everything.capped) == (250, True)
    assert (narrow.total, narrow.capped) == (16, False)


def test_text_and_vector_see_matches_beyond_a_page(index: TypesenseIndex) -> None:
    """The server's own mixture loses what is near beyond about 250 text matches."""
    index.add([_long(1, 400), _long(2, 400)])
    index.annotate(f"{1:032x}", {}, vector=[1.0, 0.0])
    page = index.search(Query(text="word", near=(1.0, 0.0), limit=500))

    assert _numbers(page.hits) == [1] * 400 + [2] * 100
    assert page.hits[0].similarity == pytest.approx(1.0)
    assert page.hits[-1].similarity is None
    assert page.total == 800


def test_a_sort_by_number_keeps_similarities(index: TypesenseIndex) -> None:
    """Who asks for both an order and a vector sees how near each is."""
    index.add([small_run(1), small_run(2), small_run(3)])
    for number in (1, 2):
        index.annotate(f"{number:032x}", {}, vector=[1.0, float(number)])
    page = index.search(Query(near=(1.0, 1.0), sort=(Sort(field="seconds", descending=True),), by_run=True))

    assert _numbers(page.hits) == [2, 1]
    assert page.hits[1].similarity == pytest.approx(1.0)


def test_vectors_beyond_32_bits_are_refused(index: TypesenseIndex) -> None:
    """Before anything is sent; what is too small to hold is nothing."""
    with pytest.raises(QueryError, match="finite numbers"):
        index.search(Query(near=(1e39,)))
    index.add([small_run(1)])
    index.annotate(f"{1:032x}", {}, vector=[1e-300, 1.0])

    assert index.search(Query(near=(1e-300, 1.0))).hits[0].similarity == pytest.approx(1.0)


def test_facets_of_runs_count_each_once(index: TypesenseIndex, server: FakeTypesense) -> None:
    """The server counts groups, but only by its exhaustive strategy."""
    index.add([_long(1, 5), _long(2, 3)])
    page = index.search(Query(text="word", facets=("tool", "run"), by_run=True))

    assert page.facets == {"tool": {"grep": 2}, "run": {f"{1:032x}": 1, f"{2:032x}": 1}}
    assert {search.get("facet_strategy") for search in _searches(server) if "facet_by" in search} == {
        "exhaustive"
    }


def test_runs_are_counted_and_not_estimated(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Newer servers estimate how many groups there are; a facet's values they count."""
    index.add([_long(1, 5), _long(2, 3), _long(3, 1)])
    server.estimate = lambda groups: groups * 2

    assert index.search(Query(text="word", by_run=True, limit=1)).total == 3
    assert index.search(Query(sort=(Sort(field="task"),), by_run=True)).total == 3
    assert index.search(Query(text="nowhere", by_run=True)).total == 0
