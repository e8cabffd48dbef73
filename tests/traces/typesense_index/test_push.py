"""What changes in an embedded index reaches a server, batch by batch, also after an interruption."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.traces.typesense_index.fake_typesense import FakeTypesense
from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex
from traces.index import Query
from traces.segments import SegmentWriter
from traces.store import TraceStore
from traces.testing import small_run
from traces.typesense_index import TypesenseIndex, push
from traces.typesense_index.push import push_changes, push_on
from traces.where import parse_where

Open = Callable[..., TypesenseIndex]


@pytest.fixture
def store(tmp_path: Path) -> TraceStore:
    """A store of three runs."""
    found = TraceStore(root=tmp_path)
    _write(found, 1, 2, 3)
    return found


@pytest.fixture
def embedded(store: TraceStore) -> Iterator[EmbeddedIndex]:
    """Its index."""
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        yield index


@pytest.fixture
def progress(store: TraceStore) -> Path:
    """Where it is noted how far the push got."""
    return store.root / "typesense.jsonl"


def _write(store: TraceStore, *numbers: int, outcome: str = "failed") -> None:
    with SegmentWriter(store.own) as writer:
        for number in numbers:
            writer.append_many(small_run(number, outcome).spans)


def _runs(index: TypesenseIndex | EmbeddedIndex, *where: str) -> list[int]:
    page = index.search(Query(where=tuple(map(parse_where, where)), by_run=True, limit=100))
    return sorted(int(hit.run_id, 16) for hit in page.hits)


def test_all_is_sent_and_then_what_changed(
    store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex
) -> None:
    """From one sequence to the next; hits, totals and facets are the same then."""
    first = push_changes(embedded, store, index, 0)
    assert _runs(index) == [1, 2, 3]

    _write(store, 4)
    catch_up(embedded, store)
    sent: list[str] = []
    second = push_changes(embedded, store, index, first, pushed=sent.extend)

    assert sent == [f"{4:032x}"]
    assert second > first
    query = Query(facets=("outcome", "tool", "kind"), limit=50)
    assert index.search(query) == embedded.search(query)


def test_nothing_new_is_nothing_sent(
    store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex, server: FakeTypesense
) -> None:
    """Not a document."""
    sequence = push_changes(embedded, store, index, 0)
    server.requests.clear()

    assert push_changes(embedded, store, index, sequence) == sequence
    assert server.requests == []


def test_annotations_and_outcomes_are_those_of_the_embedded_index(
    store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex
) -> None:
    """Also when they come, or go, without new spans."""
    embedded.annotate(f"{1:032x}", {"signal": ["loop"], "label": ["odd"]})
    sequence = push_changes(embedded, store, index, 0)
    assert (_runs(index, "signal=loop"), _runs(index, "label=odd")) == ([1], [1])

    embedded.annotate(f"{1:032x}", {"signal": []})
    push_changes(embedded, store, index, sequence)

    assert (_runs(index, "signal=loop"), _runs(index, "label=odd")) == ([], [1])


def test_vectors_on_the_server_stay(
    store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex
) -> None:
    """The embedded index does not give its own away."""
    index.annotate(f"{2:032x}", {}, vector=[1.0, 0.0])
    push_changes(embedded, store, index, 0)

    assert index.search(Query(near=(1.0, 0.0), by_run=True)).total == 1


def test_deleted_runs_go(store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex) -> None:
    """With the next push."""
    sequence = push_changes(embedded, store, index, 0)
    embedded.delete([parse_where("task=task-2")])
    push_changes(embedded, store, index, sequence)

    assert _runs(index) == [1, 3]


def test_it_remembers_how_far_it_got(
    store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex, progress: Path
) -> None:
    """In a file beside the index."""
    assert push_on(embedded, store, index, progress) == 3
    assert push_on(embedded, store, index, progress) == 0

    _write(store, 4)
    catch_up(embedded, store)
    assert push_on(embedded, store, index, progress) == 1
    assert _runs(index) == [1, 2, 3, 4]


def test_an_interrupted_push_goes_on_where_it_stopped(
    store: TraceStore,
    embedded: EmbeddedIndex,
    index: TypesenseIndex,
    progress: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was sent is not sent again; what changed meanwhile comes with the push after."""
    monkeypatch.setattr(push, "_RUNS_AT_ONCE", 1)

    def stop(batch: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push_on(embedded, store, index, progress, pushed=stop)
    assert _runs(index) == [1]

    embedded.annotate(f"{1:032x}", {"label": ["late"]})
    assert push_on(embedded, store, index, progress) == 2
    assert push_on(embedded, store, index, progress) == 1
    assert (_runs(index), _runs(index, "label=late")) == ([1, 2, 3], [1])


def test_a_line_cut_off_by_a_crash_is_sent_again(
    store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex, progress: Path
) -> None:
    """And a file that is none at all begins anew."""
    push_on(embedded, store, index, progress)
    state = json.loads(progress.read_text())
    progress.write_text(json.dumps({**state, "done": 0, "until": state["done"]}) + '\n{"runs": ["00')
    assert push_on(embedded, store, index, progress) == 3

    progress.write_text("[1]\n")
    assert push_on(embedded, store, index, progress) == 3


def test_another_collection_or_index_begins_anew(
    store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex, progress: Path
) -> None:
    """After a rebuild on either side, numbers of before mean nothing."""
    push_on(embedded, store, index, progress, identity="one")
    assert push_on(embedded, store, index, progress, identity="two") == 3
    with index.rebuilding():
        pass

    assert _runs(index) == []
    assert push_on(embedded, store, index, progress, identity="two") == 3


def test_two_stores_may_push_to_one_server(
    tmp_path: Path, store: TraceStore, embedded: EmbeddedIndex, index: TypesenseIndex, progress: Path
) -> None:
    """Each has its own file."""
    other = TraceStore(root=tmp_path / "other")
    _write(other, 7)
    with EmbeddedIndex(other.index) as theirs:
        catch_up(theirs, other)
        assert push_on(theirs, other, index, other.root / "typesense.jsonl") == 1
        assert push_on(embedded, store, index, progress) == 3
        assert push_on(theirs, other, index, other.root / "typesense.jsonl") == 0

    assert _runs(index) == [1, 2, 3, 7]
