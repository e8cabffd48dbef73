"""Columns hold what was written last, block by block, and caches keep up."""

from __future__ import annotations

import itertools
import sqlite3

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.embedded.columns import RUNS, SPANS, ColumnCache, drop_blocks, write_columns


def put(connection: sqlite3.Connection, positions: list[int], values: list[int], sequence: int) -> None:
    """Write the column ``tool`` of spans."""
    write_columns(
        connection,
        SPANS,
        np.array(positions, np.int64),
        {"tool": np.array(values, np.int32)},
        sequence,
    )


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    writes=st.lists(
        st.dictionaries(st.integers(0, 3 * SPANS.block), st.integers(0, 9), min_size=1, max_size=5),
        max_size=4,
    )
)
def test_a_cache_that_keeps_up_equals_a_new_one(
    connection: sqlite3.Connection, writes: list[dict[int, int]]
) -> None:
    """Whatever was written in between, at the end or in the middle."""
    for family_rows in ("columns", "stamps"):
        connection.execute(f"DELETE FROM {family_rows}")
    cache, expected = ColumnCache(SPANS), np.zeros(4 * SPANS.block, np.int32)
    for sequence, written in enumerate(writes, start=1):
        positions = sorted(written)
        put(connection, positions, [written[position] for position in positions], sequence)
        expected[positions] = [written[position] for position in positions]
        cache.refresh(connection, "same", sequence)
        cache.column(connection, "tool")
    new = ColumnCache(SPANS)
    new.refresh(connection, "same", len(writes) + 1)
    found, kept = new.column(connection, "tool"), cache.column(connection, "tool")

    assert found.tolist() == kept.tolist()
    assert found.tolist() == expected[new.base : new.base + len(found)].tolist()


def test_another_index_is_read_anew(connection: sqlite3.Connection) -> None:
    """A file that was swapped in may have the same sequence and other content."""
    cache = ColumnCache(SPANS)
    put(connection, [1], [5], 1)
    cache.refresh(connection, "one", 1)
    before = cache.column(connection, "tool")[1]
    put(connection, [1], [6], 1)
    cache.refresh(connection, "two", 1)

    assert (before, cache.column(connection, "tool")[1]) == (5, 6)


def test_old_blocks_can_be_forgotten(connection: sqlite3.Connection) -> None:
    """What remains is found by its position from the new base on; other columns and families stay."""
    put(connection, [1, SPANS.block, 2 * SPANS.block + 3], [5, 6, 7], 1)
    write_columns(connection, RUNS, np.array([1]), {"outcome": np.array([3])}, 1)
    drop_blocks(connection, SPANS, 2 * SPANS.block)
    spans, runs = ColumnCache(SPANS), ColumnCache(RUNS)
    for cache in (spans, runs):
        cache.refresh(connection, "same", 2)

    assert spans.base == 2 * SPANS.block
    assert spans.column(connection, "tool")[3] == 7
    assert runs.column(connection, "outcome")[1] == 3


def test_writing_nothing_writes_nothing(connection: sqlite3.Connection) -> None:
    """No block, no stamp."""
    put(connection, [], [], 1)

    assert connection.execute("SELECT count(*) FROM stamps").fetchone() == (0,)


def test_blocks_of_all_columns_are_apart() -> None:
    """No two share a row, whatever the block."""
    rows = {
        (found.number, name): (found.block_id(name, 0), found.block_id(name, 2**32 - 1))
        for found in (SPANS, RUNS)
        for name in found.dtypes
    }
    ranges = sorted(rows.values())

    assert all(last < first for (_, last), (first, _) in itertools.pairwise(ranges))
