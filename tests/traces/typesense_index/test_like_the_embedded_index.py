"""The same runs and the same questions give the same answers as the embedded index gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.traces.typesense_index.fake_typesense import ADMIN, FakeTypesense
from traces.embedded import EmbeddedIndex
from traces.index import Hit, Page, Query, Sort, TraceIndex
from traces.normal import assemble
from traces.testing import TraceBuilder, small_run
from traces.typesense_index import TypesenseIndex, TypesenseSettings
from traces.where import parse_where

FACETS = ("outcome", "signal", "tool", "run", "kind", "model", "name", "task")
CONDITIONS = (
    "", "outcome=failed", "outcome!=failed", "task=a `b` && (c", "task=", "task!=", "signal=loop",
    "signal!=loop", "signal=", "seconds<=2.5", "duration=0.5", "tokens>1.5", "time<2023-11-15",
    "kind=tool", "tool!=bash", "pattern=p`1", "seconds>=1e400", "name=GET /",
)  # fmt: skip
TEXTS = ("", "tests", '"1 failed"', "test_add_numbers", "test_add zz_qq", '"1 failed" "not 2" "exit code"')
SORTS = (
    (),
    (Sort(field="seconds"),),
    (Sort(field="outcome", descending=True), Sort(field="seconds")),
    (Sort(field="run", descending=True),),
    (Sort(field="duration"), Sort(field="time", descending=True)),
)


def _fill(index: TraceIndex) -> None:
    outcomes = ("failed", "passed", "errored")
    index.add(small_run(number, outcomes[number % 3]) for number in range(1, 9))
    odd, web = TraceBuilder("9" * 32), TraceBuilder("8" * 32)
    call = odd.tool("bash", {"command": "ls"}, "ERROR in test_add_numbers: 1 failed, not 2")
    index.add([assemble([call, odd.span("other thing"), odd.root("failed", task="a `b` && (c")])])
    index.add([assemble([web.span("GET /"), web.span("SELECT")])])
    for number in range(1, 6):
        annotations = {"signal": ["loop", "x y"][: number % 3], "pattern": ["p`1"]}
        index.annotate(f"{number:032x}", annotations, vector=[float(number), 1.0, -0.5 * number])
    index.annotate("7" * 32, {"signal": ["late"]}, vector=[1.0, 1.0, 1.0])
    index.add([small_run(3, "passed")])


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[TypesenseIndex, EmbeddedIndex]]:
    """Two indexes with the same content."""
    settings = TypesenseSettings(nodes=("http://typesense.test:8108",), api_key=ADMIN)
    with (
        TypesenseIndex(settings, transport=FakeTypesense()) as one,
        EmbeddedIndex(Path(":memory:")) as two,
    ):
        _fill(one)
        _fill(two)
        yield one, two


def _shown(page: Page, *, in_order: bool, each_span: bool) -> list[object]:
    def told(hit: Hit) -> object:
        # Which span of a run fits the text best is for each formula to say.
        return (hit.run_id, hit.span_id, hit.name, dict(hit.fields)) if each_span else hit.run_id

    hits = [told(hit) for hit in page.hits]
    return hits if in_order else sorted(hits, key=repr)


@pytest.mark.parametrize("near", [(), (1.0, 2.0, 0.5)], ids=["", "near"])
@pytest.mark.parametrize("by_run", [False, True], ids=["spans", "runs"])
@pytest.mark.parametrize("text", TEXTS)
def test_answers_are_alike(
    both: tuple[TypesenseIndex, EmbeddedIndex], text: str, by_run: bool, near: tuple[float, ...]
) -> None:
    """For each condition and each order; among matches of a text alone, relevance may differ."""
    for condition in CONDITIONS:
        for sort in SORTS if condition in CONDITIONS[:2] else SORTS[:1]:
            where = (parse_where(condition),) if condition else ()
            query = Query(
                text=text, where=where, facets=FACETS, sort=sort, by_run=by_run, near=near, limit=50
            )
            one, two = (index.search(query) for index in both)
            in_order = not text or bool(sort)
            each_span = in_order or not by_run

            assert _shown(one, in_order=in_order, each_span=each_span) == _shown(
                two, in_order=in_order, each_span=each_span
            ), query
            assert (one.total, one.facets, one.capped) == (two.total, two.facets, two.capped), query


def test_similarities_are_alike(both: tuple[TypesenseIndex, EmbeddedIndex]) -> None:
    """Cosines, and none for runs without a vector."""
    one, two = (index.search(Query(text="tests", near=(1.0, 2.0, 0.5))) for index in both)
    found = {hit.run_id: hit.similarity for hit in one.hits}
    wanted = {hit.run_id: hit.similarity for hit in two.hits}

    assert {run for run, value in found.items() if value is None} == {
        run for run, value in wanted.items() if value is None
    }
    assert [value for value in found.values() if value is not None] == pytest.approx(
        [wanted[run] for run, value in found.items() if value is not None], abs=1e-5
    )
