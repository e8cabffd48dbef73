"""An index can be deleted and rebuilt from the segments without a difference."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from traces import attributes as names
from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex
from traces.errors import SegmentError
from traces.index import Page, Query
from traces.read_runs import read_runs
from traces.reindex import ReindexReport, reindex
from traces.run import Run
from traces.segments import DamageReport, SegmentWriter, segment_paths
from traces.span import SpanLink
from traces.store import TraceStore
from traces.testing import TraceBuilder, small_run
from traces.where import parse_where

_QUERIES = (
    Query(limit=100),
    Query(text="pytest failed", facets=("outcome", "tool", "label")),
    Query(text="program", where=(parse_where("seconds>2"),)),
    Query(where=(parse_where("label=failed"),)),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Segments of four runs; the fourth has no verifier, and a label that came later."""
    runs = [small_run(1), small_run(2, "passed"), small_run(3), small_run(4, "unknown")]
    link = SpanLink(trace_id=runs[3].run_id, span_id="f" * 16)
    found = {names.EVALUATION_NAME: "human", names.EVALUATION_LABEL: "failed"}
    label = TraceBuilder("e" * 32).span(names.EVALUATION_SPAN, attributes=found, links=(link,))
    folder = tmp_path / "segments"
    _store(folder, runs[:2])
    _store(folder, runs[2:])
    with SegmentWriter(folder) as writer:
        writer.append(label)
    return folder


@pytest.fixture
def index_path(tmp_path: Path) -> Path:
    """Where the index will be."""
    return tmp_path / "index" / "traces.sqlite"


def _store(folder: Path, runs: Iterable[Run]) -> None:
    with SegmentWriter(folder) as writer:
        for run in runs:
            for span in run.spans:
                writer.append(span)


def _answers(index_path: Path) -> list[Page]:
    with EmbeddedIndex(index_path) as index:
        return [index.search(query) for query in _QUERIES]


def test_the_report_counts(folder: Path, index_path: Path) -> None:
    """Runs, spans, and the records that could not be read."""
    with segment_paths(folder)[0].open("ab") as file:
        file.write(b"v1 00000000 {}\nv1 0123")

    assert reindex(folder, index_path) == ReindexReport(runs=4, spans=12, damaged=2)


def test_the_same_segments_give_the_same_answers(folder: Path, index_path: Path) -> None:
    """After deleting the index, and after rebuilding it in place."""
    reindex(folder, index_path)
    first = _answers(index_path)
    reindex(folder, index_path)
    second = _answers(index_path)
    for file in index_path.parent.iterdir():
        file.unlink()
    reindex(folder, index_path)

    assert first == second == _answers(index_path)
    assert [page.total for page in first] == [12, 4, 2, 3]


def test_it_equals_an_index_that_grew(folder: Path, index_path: Path, tmp_path: Path) -> None:
    """Adding runs one by one as they end comes to the same."""
    reindex(folder, index_path)
    grown = tmp_path / "grown.sqlite"
    with EmbeddedIndex(grown) as index:
        for run in read_runs(folder):
            index.add([run])
        index.annotate(f"{4:032x}", {"label": ["failed"]})

    assert _answers(grown) == _answers(index_path)


def test_labels_and_annotations_go_in(folder: Path, index_path: Path) -> None:
    """A label decides an unknown outcome; the caller's annotations come with the swap."""
    reindex(folder, index_path, annotations={f"{1:032x}": {"signal": ["loop"]}})
    with EmbeddedIndex(index_path) as index:
        page = index.search(Query(facets=("outcome", "signal", "label")))

    assert page.facets["outcome"] == {"failed": 9, "passed": 3}
    assert page.facets["signal"] == {"loop": 3}
    assert page.facets["label"] == {"failed": 3}


def test_who_has_it_open_sees_the_new_one(folder: Path, index_path: Path) -> None:
    """The swap happens under open connections, and what is no longer in the segments is gone."""
    with EmbeddedIndex(index_path) as index:
        index.add([small_run(9)])
        reindex(folder, index_path)
        index.add([small_run(5)])

        assert index.search(Query(where=(parse_where(f"run={9:032x}"),))).total == 0
        assert index.search(Query()).total == 15
    assert [path.name for path in index_path.parent.iterdir()] == ["traces.sqlite"]


def test_a_broken_index_is_replaced(folder: Path, index_path: Path) -> None:
    """Also with leftovers of a process that was killed."""
    index_path.parent.mkdir()
    for name in ("traces.sqlite", "traces.sqlite-wal", "traces.sqlite-shm"):
        (index_path.parent / name).write_text("junk " * 1000)

    reindex(folder, index_path)

    assert _answers(index_path)[0].total == 12


def test_a_failure_leaves_the_old_index(folder: Path, index_path: Path) -> None:
    """Segments that cannot be read change nothing."""
    reindex(folder, index_path)
    (folder / "000009-broken.segment").mkdir()

    with pytest.raises(SegmentError, match="cannot read"):
        reindex(folder, index_path)
    assert _answers(index_path)[0].total == 12


def test_no_segments_give_an_empty_index(tmp_path: Path, index_path: Path) -> None:
    """Nothing was recorded yet."""
    assert reindex(tmp_path / "nowhere", index_path) == ReindexReport(runs=0, spans=0, damaged=0)


def test_a_place_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    """The error names the index."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(SegmentError, match="file/index"):
        reindex(folder, tmp_path / "file" / "index")


def test_runs_are_read_with_their_labels(folder: Path) -> None:
    """The way from segments to runs, for callers without an index."""
    damage = DamageReport()
    runs = read_runs(folder, damage=damage)

    assert [run.outcome for run in runs] == ["failed", "passed", "failed", "failed"]
    assert runs[3].reason == "labelled:human"
    assert damage.total == 0
    assert {run.outcome for run in read_runs(folder, trusted=False)[:3]} == {"unknown"}


def test_a_whole_store_is_indexed(folder: Path, tmp_path: Path) -> None:
    """What others sent too; progress tells of every span read, and annotations outlast a run that comes later."""
    store = TraceStore(root=tmp_path)
    _store(store.foreign, [small_run(7, "unknown")])
    read: list[int] = []
    report = reindex(
        store, store.index, annotations={f"{8:032x}": {"signal": ["loop"]}}, progress=read.append
    )
    with EmbeddedIndex(store.index) as index:
        _store(store.foreign, [small_run(8)])
        catch_up(index, store)

        assert (report.runs, report.spans, sum(read)) == (5, 15, 16)
        assert index.search(Query(where=(parse_where("signal=loop"),))).total == 3


def test_an_index_that_grew_goes_on_after_a_reindex(folder: Path, tmp_path: Path) -> None:
    """The new one knows how far it read."""
    store = TraceStore(root=tmp_path)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        reindex(store, store.index)
        _store(store.own, [small_run(9)])

        assert catch_up(index, store).spans == 3
        assert index.stats().spans == 15
