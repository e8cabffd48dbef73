"""Vectors are compared by their angle, fit each other, and are seen as soon as they change."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.embedded import EmbeddedIndex
from traces.embedded.vectors import VectorCache, as_vector, set_vector
from traces.errors import QueryError
from traces.index import Query
from traces.testing import small_run
from traces.where import parse_where

_NUMBERS = st.floats(-1e6, 1e6, width=32)


@settings(
    max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    vectors=st.lists(st.lists(_NUMBERS, min_size=3, max_size=3), max_size=5),
    near=st.lists(_NUMBERS, min_size=3, max_size=3),
)
def test_similarity_is_the_cosine(
    connection: sqlite3.Connection, vectors: list[list[float]], near: list[float]
) -> None:
    """Between -1 and 1, 0 for a vector without a direction; who has none is similar to nobody."""
    connection.execute("DELETE FROM vectors")
    connection.execute("UPDATE meta SET dimensions = 0")
    for run, vector in enumerate(vectors, start=1):
        set_vector(connection, run, vector, sequence=run)
    found = VectorCache().similarities(connection, near, len(vectors) + 2).tolist()

    assert math.isnan(found[0])
    assert math.isnan(found[-1])
    for vector, similarity in zip(vectors, found[1:], strict=False):
        lengths = math.hypot(*vector) * math.hypot(*near)
        cosine = sum(a * b for a, b in zip(vector, near, strict=True)) / lengths if lengths > 1e-20 else None
        assert -1.0 <= similarity <= 1.0
        assert cosine is None or similarity == pytest.approx(cosine, abs=1e-3)


@pytest.mark.parametrize("vector", [[], [1.0, math.inf], [math.nan, 0.0], [1e300, 0.0]])
def test_what_is_no_vector_is_refused(connection: sqlite3.Connection, vector: list[float]) -> None:
    """No numbers at all, or some that are not finite as they are stored."""
    with pytest.raises(QueryError, match="finite numbers, at least one"), np.errstate(over="ignore"):
        set_vector(connection, 1, vector, sequence=1)

    assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (0,)


def test_the_first_vector_sets_the_length(connection: sqlite3.Connection) -> None:
    """All others, those that are asked for included, must be as long."""
    as_vector(connection, [1.0] * 5)
    set_vector(connection, 1, [1.0, 2.0], sequence=1)

    with pytest.raises(QueryError, match="has 2 numbers, not 3"):
        set_vector(connection, 2, [1.0, 2.0, 3.0], sequence=2)
    with pytest.raises(QueryError, match="has 2 numbers, not 1"):
        VectorCache().similarities(connection, [1.0], 2)
    assert connection.execute("SELECT run FROM vectors").fetchall() == [(1,)]


def test_a_wrong_length_changes_nothing(index: EmbeddedIndex) -> None:
    """Neither the vectors nor the annotations that came with it."""
    index.add([small_run(1), small_run(2)])
    index.annotate(f"{1:032x}", {"label": ["old"]}, vector=[1.0, 0.0])
    with pytest.raises(QueryError, match="has 2 numbers, not 3"):
        index.annotate_all(
            {f"{1:032x}": {"label": ["new"]}, f"{2:032x}": {"label": ["new"]}},
            vectors={f"{2:032x}": [1.0, 0.0, 0.0]},
        )

    assert index.search(Query(facets=("label",), by_run=True)).facets["label"] == {"old": 1}
    assert [hit.run_id for hit in index.search(Query(near=(1.0, 0.0), by_run=True)).hits] == [f"{1:032x}"]


def test_a_cache_sees_what_changed(index: EmbeddedIndex) -> None:
    """A vector that is set anew counts at once, also if another process set it."""
    index.add([small_run(1), small_run(2)])
    query = Query(near=(1.0, 0.0), by_run=True)
    index.annotate(f"{1:032x}", {}, vector=[1.0, 0.0])
    before = [hit.run_id for hit in index.search(query).hits]
    with EmbeddedIndex(index._path) as other:
        other.annotate_all(
            {}, vectors={f"{1:032x}": [0.0, 1.0], f"{2:032x}": [2.0, 0.1]},
        )  # fmt: skip
    after = index.search(query)

    assert before == [f"{1:032x}"]
    assert [hit.run_id for hit in after.hits] == [f"{2:032x}", f"{1:032x}"]
    assert after.hits[1].similarity == pytest.approx(0.0, abs=1e-6)


def test_a_vector_outlasts_its_run(index: EmbeddedIndex) -> None:
    """It waits for a run that has not come yet, or that comes back."""
    index.annotate(f"{1:032x}", {}, vector=[1.0, 0.0])
    early = index.search(Query(near=(1.0, 0.0)))
    index.add([small_run(1)])
    there = index.search(Query(near=(1.0, 0.0), by_run=True)).total
    index.delete([parse_where("outcome=failed")])
    gone = index.search(Query(near=(1.0, 0.0)))
    index.add([small_run(1)])

    assert (early.total, early.hits, there, gone.total) == (0, (), 1, 0)
    assert index.search(Query(near=(1.0, 0.0), by_run=True)).hits[0].similarity == pytest.approx(1.0)


def test_an_index_of_another_file_is_read_anew(tmp_path: Path) -> None:
    """The same sequence in another file says nothing."""
    cache = VectorCache()
    found = []
    for name, vector in (("a", [1.0, 0.0]), ("b", [0.0, 1.0])):
        with EmbeddedIndex(tmp_path / name) as index:
            index.annotate(f"{1:032x}", {}, vector=vector)
            found.append(float(cache.similarities(index.connection, [1.0, 0.0], 2)[1]))

    assert found == [1.0, 0.0]


def test_nothing_is_near_where_there_are_no_vectors(index: EmbeddedIndex) -> None:
    """Any length may be asked for then; with a text, the text alone decides."""
    index.add([small_run(1)])

    assert index.search(Query(near=(1.0, 2.0, 3.0))).total == 0
    assert index.search(Query(text="pytest", near=(1.0, 2.0, 3.0))).total == 1
