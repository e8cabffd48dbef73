"""The index knows how far it read each segment, and forgets those that are gone, once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from tests.traces.stored import fields_in, fields_of, imported, write
from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex
from traces.embedded.columns import SPANS
from traces.embedded.segments import (
    Position,
    add_damage,
    drop_empty_blocks,
    forget_segments,
    read_positions,
    save_position,
)
from traces.index import Query
from traces.segments.compress import compress_closed
from traces.store import TraceStore
from traces.testing import TraceBuilder, small_run
from traces.where import parse_where


def test_a_segment_keeps_its_number(connection: sqlite3.Connection) -> None:
    """However far it is read; one of the same name in the other folder is another one."""
    first = save_position(connection, Position(origin="own", name="a", end=10))
    other = save_position(connection, Position(origin="foreign", name="a", end=20))
    again = save_position(connection, Position(origin="own", name="a", end=30))

    assert first == again != other
    assert read_positions(connection) == {"own": {"a": 30}, "foreign": {"a": 20}}


def test_damage_adds_up(connection: sqlite3.Connection) -> None:
    """Of one segment, in all parts that were read."""
    one, other = (save_position(connection, Position(origin="own", name=name, end=1)) for name in "ab")
    for damaged in (2, 3):
        add_damage(connection, one, damaged)

    rows = dict(connection.execute("SELECT number, damaged FROM segments").fetchall())
    assert rows == {one: 5, other: 0}


def test_an_unread_store_has_no_positions(connection: sqlite3.Connection) -> None:
    """Both folders are there, and empty."""
    assert read_positions(connection) == {"own": {}, "foreign": {}}


def test_what_a_segment_says_is_forgotten_with_it(store: TraceStore) -> None:
    """Spans, words, versions and its own row; a second time there is nothing to forget."""
    gone, stays = write(store.foreign, imported(1)), write(store.foreign, imported(2))
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        gone.unlink()
        forget_segments(index, store)
        sequence = index.changed_since(0)[1]
        forget_segments(index, store)

        assert list(read_positions(index.connection)["foreign"]) == [stays.name]
        assert index.run_ids() == (f"{2:032x}",)
        assert index.search(Query(text="looking")).total == 1
        assert index.changed_since(sequence) == ((), sequence)


def test_compression_is_no_loss(store: TraceStore) -> None:
    """A segment that is there in its other form is there."""
    write(store.foreign, imported())
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        compress_closed(store.foreign)
        forget_segments(index, store)

        assert index.stats().spans == 4


def test_a_run_that_loses_its_root_is_summed_up_anew(store: TraceStore) -> None:
    """Its fields are those of the spans that are left; its annotations stay."""
    root, *steps = imported(1, task="t-1")
    path = write(store.foreign, [root])
    write(store.foreign, steps)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        index.annotate(root.trace_id, {"label": ["kept"]})
        path.unlink()
        catch_up(index, store)
        found, expected = fields_in(index, root.trace_id), fields_of(root.trace_id, steps)

        assert {name: found.get(name, "") for name in expected} == expected
        assert "task" not in found
        assert index.search(Query(where=(parse_where("label=kept"),))).total == 3


def test_a_version_whose_segment_is_gone_is_forgotten(store: TraceStore) -> None:
    """It can come again, and then it is new to the index; the version that counts stays."""
    chat = imported()[1]
    later = replace(chat, end_ns=chat.end_ns + 5, attributes={**chat.attributes, "n": 2})
    old = write(store.foreign, [chat])
    write(store.foreign, [later])
    ids = (chat.trace_id, chat.span_id)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        both = index.known([ids])[ids]
        old.unlink()
        catch_up(index, store)
        left = index.known([ids])[ids]

        assert len(both) == 2
        assert left < both
        assert index.run_spans(chat.trace_id, store) == (later,)


def test_a_span_comes_back_with_another_segment(store: TraceStore) -> None:
    """Deleted with its segment, received again: found once, by its new place."""
    spans = imported()
    path = write(store.foreign, spans)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        path.unlink()
        catch_up(index, store)
        empty = index.search(Query()).total
        write(store.foreign, spans)
        report = catch_up(index, store)

        assert (empty, report.spans) == (0, 4)
        assert index.search(Query(text="looking")).total == 1
        assert sorted(map(repr, index.run_spans(spans[0].trace_id, store))) == sorted(map(repr, spans))


def test_old_blocks_go_when_nothing_is_left_in_them(store: TraceStore) -> None:
    """Positions of what is left stay right; the last block is never dropped."""
    trace = TraceBuilder("c" * 32)
    many = write(store.foreign, [trace.span(f"n{number % 7}") for number in range(SPANS.block + 10)])
    write(store.foreign, imported(2))
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        many.unlink()
        catch_up(index, store)
        (first,) = index.connection.execute("SELECT min(block) FROM stamps WHERE family = 1").fetchone()
        left = index.search(Query(facets=("name", "tool")))
        drop_empty_blocks(index.connection)

        assert first == 1
        assert left.total == 4
        assert left.facets["tool"] == {"bash": 1}
        assert index.search(Query()).total == 4


def test_all_may_go(store: TraceStore) -> None:
    """Then the index is empty, and can be filled again."""
    paths = [write(store.own, small_run(number).spans) for number in (1, 2)]
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        for path in paths:
            path.unlink()
        catch_up(index, store)
        nothing = (index.stats().spans, index.stats().runs, index.search(Query(text="pytest")).total)
        write(store.own, small_run(3).spans)
        catch_up(index, store)

        assert nothing == (0, 0, 0)
        assert index.search(Query(text="pytest")).total == 1


def test_a_folder_that_is_gone_is_a_folder_without_segments(tmp_path: Path) -> None:
    """Somebody removed it all."""
    store = TraceStore(root=tmp_path / "store")
    path = write(store.foreign, imported())
    with EmbeddedIndex(tmp_path / "index") as index:
        catch_up(index, store)
        path.unlink()
        store.foreign.rmdir()
        catch_up(index, store)

        assert index.run_ids() == ()
