"""Pages and conditions: nothing twice, nothing left out, whatever is asked for and whatever has gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.embedded import EmbeddedIndex, searching
from traces.embedded.conditions import filter_spans, runs_that_hold
from traces.fields import FIELDS
from traces.index import Hit, Query, Sort
from traces.normal import assemble
from traces.testing import TraceBuilder, small_run
from traces.where import parse_where

_SORTABLE = [field.name for field in FIELDS if field.kind != "annotation"]


def fill(index: EmbeddedIndex) -> None:
    """Runs of one to four spans, of which some start at the same time, and one that was deleted."""
    runs = []
    for number in range(1, 13):
        trace = TraceBuilder(f"{number:032x}", start_ns=10**18 + (number % 3) * 10**12)
        calls = [trace.tool(f"tool-{n % 2}", {}, f"alpha word-{n}") for n in range(number % 4)]
        runs.append(
            assemble([*calls, trace.root("passed" if number % 2 else "failed", task=f"t{number % 5}")])
        )
    index.add(runs)
    for number in (1, 2, 5):
        index.annotate(f"{number:032x}", {"label": ["odd"]}, vector=[float(number), 1.0])
    index.delete([parse_where(f"run={12:032x}")])


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedIndex]:
    """One index that all tests here only read."""
    with EmbeddedIndex(Path(":memory:")) as index:
        fill(index)
        yield index


def place(hit: Hit) -> tuple[str, str]:
    """Which span it is."""
    return hit.run_id, hit.span_id


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.sampled_from(["", "alpha", "word-1"]),
    near=st.sampled_from([(), (1.0, 0.0)]),
    by_run=st.booleans(),
    sort=st.lists(st.builds(Sort, field=st.sampled_from(_SORTABLE), descending=st.booleans()), max_size=2),
    where=st.sampled_from([(), ("outcome=passed",), ("tool=tool-1", "label!=odd"), ("label=odd",)]),
    size=st.integers(1, 7),
)
def test_pages_of_any_size_make_the_whole(
    shared: EmbeddedIndex,
    text: str,
    near: tuple[float, ...],
    by_run: bool,
    sort: list[Sort],
    where: tuple[str, ...],
    size: int,
) -> None:
    """In the same order, each hit once; total and facets are the same on every page."""
    conditions = tuple(map(parse_where, where))

    def page(limit: int, offset: int) -> Query:
        return Query(
            text=text, near=near, by_run=by_run, sort=tuple(sort), where=conditions,
            facets=("outcome",), limit=limit, offset=offset,
        )  # fmt: skip

    whole = shared.search(page(1000, 0))
    parts = [shared.search(page(size, offset)) for offset in range(0, whole.total + size, size)]

    assert [place(hit) for part in parts for hit in part.hits] == [place(hit) for hit in whole.hits]
    assert len(set(map(place, whole.hits))) == len(whole.hits) == whole.total
    assert all((part.total, part.facets) == (whole.total, whole.facets) for part in parts)
    assert sum(whole.facets["outcome"].values()) == whole.total


@pytest.mark.parametrize("field", [field.name for field in FIELDS])
def test_a_condition_and_its_opposite_share_all_spans(shared: EmbeddedIndex, field: str) -> None:
    """Of every field, whatever the value; also where nothing has it."""
    kind = next(known.kind for known in FIELDS if known.name == field)
    pairs = (">=", "<"), ("<=", ">"), ("=", "!=")
    values = ("3", "0", "1e300") if kind in {"number", "time"} else ("passed", "", "nobody's", "odd")
    everything = shared.search(Query(limit=0)).total
    for one, other in pairs if kind in {"number", "time"} else pairs[2:]:
        for value in values:
            found = [
                shared.search(Query(where=(parse_where(f"{field}{operator}{value}"),), limit=0)).total
                for operator in (one, other)
            ]
            assert sum(found) == everything, (field, one, value)


def test_a_capped_count_is_exact_as_soon_as_few_enough_match(
    index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit it is not capped yet; one more and the page says so, on every page."""
    index.add(small_run(number) for number in range(1, 6))
    found = {}
    for limit in (4, 5, 6):
        monkeypatch.setattr(searching, "MATCHES", limit)
        pages = [index.search(Query(text="tests", limit=2, offset=offset)) for offset in (0, 2)]
        found[limit] = [(page.total, page.capped, len(page.hits)) for page in pages]

    assert found == {4: [(4, True, 2)] * 2, 5: [(5, False, 2)] * 2, 6: [(5, False, 2)] * 2}


def test_a_page_beyond_the_cap_looks_further(index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who pages on gets all that there is."""
    monkeypatch.setattr(searching, "MATCHES", 2)
    index.add(small_run(number) for number in range(1, 8))
    last = index.search(Query(text="tests", limit=3, offset=6))

    assert [int(hit.run_id, 16) for hit in last.hits] == [1]
    assert last.total == 7


def test_what_came_before_does_not_move_while_more_comes(index: EmbeddedIndex) -> None:
    """In an order of one's own, pages that were read stay as they are, wherever the newcomers go."""
    index.add(small_run(number) for number in (1, 3, 5))
    query = Query(by_run=True, sort=(Sort(field="seconds"),), limit=2)
    before = index.search(query)
    index.add([small_run(9)])

    assert index.search(query).hits == before.hits
    assert [int(hit.run_id, 16) for hit in index.search(Query(by_run=True, limit=1)).hits] == [9]


def test_conditions_on_nothing_leave_everything(shared: EmbeddedIndex) -> None:
    """No mask at all where there is no condition on runs; deleted runs are in no mask's spans."""
    with shared.reading() as snapshot:
        spans = snapshot.all_spans()
        passed = runs_that_hold(snapshot, [parse_where("outcome=passed")])

        assert runs_that_hold(snapshot, []) is None
        assert runs_that_hold(snapshot, [parse_where("tool=bash")]) is None
        assert len(filter_spans(spans, [], None)) == len(spans)
        assert passed is not None
        assert set(filter_spans(spans, [], passed).runs.tolist()) <= set(np.flatnonzero(passed).tolist())
        assert 0 not in spans.runs.tolist()
