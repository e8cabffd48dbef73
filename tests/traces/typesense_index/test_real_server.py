"""The Typesense index answers as every index does, on the server at ``TYPESENSE_URL``, where there is one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest

from tests.traces.index_contract import IndexContract
from traces.index import Query
from traces.testing import small_run
from traces.typesense_index import TypesenseIndex, TypesenseSettings

URL, KEY = os.environ.get("TYPESENSE_URL", ""), os.environ.get("TYPESENSE_API_KEY", "")
pytestmark = [
    pytest.mark.typesense,
    pytest.mark.enable_socket,
    pytest.mark.skipif(
        not (URL and KEY), reason="TYPESENSE_URL and TYPESENSE_API_KEY name no Typesense server"
    ),
]


@pytest.fixture
def index() -> Iterator[TypesenseIndex]:
    """An empty one, under a name of its own, which is gone afterwards."""
    settings = TypesenseSettings(nodes=(URL,), api_key=KEY, prefix=f"contract_{secrets.token_hex(6)}")
    with TypesenseIndex(settings) as empty:
        try:
            yield empty
        finally:
            empty.drop()


class TestRealTypesense(IndexContract):
    """All of it, against a real server."""


def test_it_is_well(index: TypesenseIndex) -> None:
    """And says which version it is."""
    found = index.health()

    assert found.is_well
    assert found.version


def test_a_rebuild_takes_the_place(index: TypesenseIndex) -> None:
    """With annotations and vectors."""
    index.add([small_run(1)])
    index.annotate(f"{1:032x}", {"label": ["odd"]}, vector=[1.0, 0.0])
    with index.rebuilding() as new:
        new.add([small_run(1), small_run(2)])
    page = index.search(Query(near=(1.0, 0.0), facets=("label",)))

    assert (page.total, page.facets) == (3, {"label": {"odd": 3}})
    assert index.search(Query()).total == 6


def test_a_search_key_is_enough_to_read(index: TypesenseIndex) -> None:
    """Through the aliases."""
    index.add([small_run(1)])
    settings = TypesenseSettings(
        nodes=(URL,), search_key=index.create_search_key(), prefix=index._settings.prefix
    )
    with TypesenseIndex(settings) as reader:
        assert reader.search(Query(text='"pytest q" tests_run')).total == 0
        assert reader.search(Query(text='"pytest q" failed')).total == 1


def test_phrases_that_are_nowhere_together_match_nothing(index: TypesenseIndex) -> None:
    """The server alone would leave one out."""
    index.add([small_run(1)])

    assert index.search(Query(text='"pytest q" "no such"')).total == 0
    assert index.search(Query(text='"exit code" "pytest q" "1 failed"')).total == 1
    assert index.search(Query(text='"exit code" "the tests" "1 failed"')).total == 0


def test_many_hits_take_several_pages(index: TypesenseIndex) -> None:
    """More than the 250 that the server gives at once."""
    index.add(small_run(number) for number in range(1, 201))
    page = index.search(Query(limit=600))

    assert len({hit.run_id + hit.span_id for hit in page.hits}) == page.total == 600
