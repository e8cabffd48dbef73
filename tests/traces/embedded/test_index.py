"""The embedded index answers what any ``TraceIndex`` must, and keeps what it was given."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.traces.index_contract import IndexContract
from traces.embedded import EmbeddedIndex, is_index
from traces.errors import QueryError, SegmentError
from traces.index import Query, TraceIndex
from traces.normal import assemble
from traces.testing import TraceBuilder, small_run
from traces.where import parse_where


@pytest.fixture
def filled(index: EmbeddedIndex) -> EmbeddedIndex:
    """An index of five runs: the even ones passed."""
    index.add(small_run(number, "failed" if number % 2 else "passed") for number in range(1, 6))
    return index


class TestEmbeddedIndex(IndexContract):
    """The embedded index answers what any index must."""


def _runs(index: TraceIndex, *where: str, text: str = "") -> list[int]:
    """The numbers of the runs that match, in the order of their first hits."""
    page = index.search(Query(text=text, where=tuple(map(parse_where, where)), limit=1000))
    return sorted({int(hit.run_id, 16) for hit in page.hits})


def test_words_must_all_occur_and_phrases_in_order(filled: EmbeddedIndex) -> None:
    """In one span; identifiers are found whole, and nothing is an operator."""
    trace = TraceBuilder(f"{9:032x}")
    filled.add(
        [assemble([trace.tool("bash", {"command": "ls"}, "ERROR in test_add_numbers: 1 failed, not 2")])]
    )

    assert _runs(filled, text="failed ERROR") == [9]
    assert _runs(filled, text='"1 failed not"') == [9]
    assert _runs(filled, text='"failed 1"') == []
    assert _runs(filled, text="test_add_numbers") == [9]
    assert _runs(filled, text="NOT failed") == [9]
    assert _runs(filled, text="failed OR nonsense") == []


@settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.sampled_from("ab1\"*^:()-+{}[]\\'% NEAROT\0\ud800é") | st.characters()))
def test_any_text_is_a_query_or_a_query_error(filled: EmbeddedIndex, text: str) -> None:
    """What a user types never becomes FTS5 syntax."""
    if any(character.isalnum() for character in text):
        assert filled.search(Query(text=text)).total >= 0
    elif text.strip():
        with pytest.raises(QueryError, match="letters or digits"):
            filled.search(Query(text=text))
    else:
        assert filled.search(Query(text=text)).total == 15


def test_order_does_not_depend_on_the_order_of_adding(tmp_path: Path) -> None:
    """The same runs give the same hits, relevance included."""
    runs = [small_run(number) for number in range(1, 8)]
    with EmbeddedIndex(tmp_path / "a") as one, EmbeddedIndex(tmp_path / "b") as two:
        one.add(runs)
        for run in (*reversed(runs), runs[3]):
            two.add([run])

        for text in ("", "tests", "program repair"):
            assert one.search(Query(text=text)) == two.search(Query(text=text))


def test_what_fails_halfway_changes_nothing(filled: EmbeddedIndex) -> None:
    """All runs of one call, or none."""

    def runs() -> Iterator[object]:
        yield small_run(8)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filled.add(runs())  # type: ignore[arg-type]

    assert _runs(filled) == [1, 2, 3, 4, 5]


def test_it_is_there_again_after_closing(path: Path) -> None:
    """In a file that another process could open; closing twice is fine."""
    with EmbeddedIndex(path) as index:
        index.add([small_run(1)])
        index.close()

    with EmbeddedIndex(path) as again:
        assert _runs(again) == [1]
    with pytest.raises(SegmentError, match="cannot be used"):
        again.search(Query())


def test_two_may_have_it_open(path: Path, filled: EmbeddedIndex) -> None:
    """What one writes the other reads."""
    with EmbeddedIndex(path) as other:
        other.add([small_run(6)])

        assert _runs(filled) == _runs(other) == [1, 2, 3, 4, 5, 6]


def test_threads_may_share_it(filled: EmbeddedIndex) -> None:
    """Analysts search in parallel while runs are added."""
    with ThreadPoolExecutor(4) as pool:
        added = pool.map(lambda number: filled.add([small_run(number)]), range(10, 30))
        found = pool.map(lambda _: filled.search(Query(text="pytest", facets=("outcome",))).total, range(20))

        assert sum(added) == 60
        assert all(5 <= total <= 25 for total in found)
    assert len(_runs(filled)) == 25


def test_it_can_live_in_memory() -> None:
    """For a view of a few runs that nobody keeps."""
    with EmbeddedIndex(Path(":memory:")) as index:
        index.add([small_run(1)])

        assert _runs(index) == [1]


def test_another_version_or_another_file_is_refused(tmp_path: Path) -> None:
    """The error says that it can be rebuilt; the file is left alone."""
    other = tmp_path / "other"
    with sqlite3.connect(other) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    (tmp_path / "text").write_text("not a database at all, but long enough to be looked at" * 50)

    with pytest.raises(SegmentError, match="rebuild it by reindexing"):
        EmbeddedIndex(other)
    with pytest.raises(SegmentError, match="text cannot be used"):
        EmbeddedIndex(tmp_path / "text")
    assert not is_index(other)
    assert not is_index(tmp_path / "text")
    assert not is_index(tmp_path / "nowhere")


_OUTCOMES = ("passed", "failed", "errored")
_TOOLS = ("bash", "read_file")
_CONDITIONS = (
    "outcome=failed",
    "outcome!=failed",
    "tool=bash",
    "seconds>2",
    "steps<1",
    "signal=loop",
    "signal!=loop",
)


@settings(max_examples=examples(40), deadline=None)
@given(
    shapes=st.lists(
        st.tuples(
            st.sampled_from(_OUTCOMES),
            st.sampled_from(_TOOLS),
            st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1),
            st.booleans(),
        ),
        max_size=6,
    ),
    conditions=st.lists(st.sampled_from(_CONDITIONS), max_size=3),
    words=st.lists(st.sampled_from(["alpha", "beta", "gamma"]), max_size=2),
)
def test_it_finds_what_looking_at_each_run_would(
    shapes: list[tuple[str, str, list[str], bool]], conditions: list[str], words: list[str]
) -> None:
    """Text and conditions together select exactly the tool calls that meet them all."""
    expected = []
    with EmbeddedIndex(Path(":memory:")) as index:
        for number, (outcome, tool, said, looped) in enumerate(shapes, start=1):
            trace = TraceBuilder(f"{number:032x}")
            call, root = trace.tool(tool, {}, " ".join(said)), trace.root(outcome, run_seconds=number)
            index.add([assemble([call, root])])
            index.annotate(trace.trace_id, {"signal": ["loop"] if looped else []})
            truth = {
                "outcome=failed": outcome == "failed",
                "outcome!=failed": outcome != "failed",
                "tool=bash": tool == "bash",
                "seconds>2": number > 2,
                "steps<1": True,
                "signal=loop": looped,
                "signal!=loop": not looped,
            }
            if all(truth[condition] for condition in conditions) and set(words) <= set(said):
                expected.append((number, call.span_id))
        where = tuple(map(parse_where, [*conditions, "tool!="]))
        hits = index.search(Query(text=" ".join(words), where=where)).hits

    assert sorted((int(hit.run_id, 16), hit.span_id) for hit in hits) == expected


def test_what_was_deleted_is_gone_at_once(filled: EmbeddedIndex, path: Path) -> None:
    """For who deleted it as for who only reads, with all that they searched before; and it may come back."""
    with EmbeddedIndex(path) as other:
        queries = (
            Query(facets=("outcome", "tool", "run"), limit=100),
            Query(by_run=True, text="pytest"),
            Query(near=(1.0,)),
        )
        filled.annotate(f"{1:032x}", {}, vector=[1.0])
        for query in queries:
            assert filled.search(query) == other.search(query)
        assert filled.delete([parse_where("outcome=failed")]) == 3
        assert _runs(filled) == _runs(other) == [2, 4]
        assert filled.stats().runs == other.stats().runs == 2
        for query in queries:
            assert filled.search(query) == other.search(query)
        filled.add([small_run(1)])

        assert _runs(filled) == _runs(other) == [1, 2, 4]


def test_a_reader_sees_one_moment_while_another_writes(filled: EmbeddedIndex, path: Path) -> None:
    """What is committed meanwhile shows in the next reading, not in this one; nobody waits."""
    with EmbeddedIndex(path) as other:
        with filled.reading() as snapshot:
            before = len(snapshot.all_spans())
            other.add([small_run(6)])
            during = len(snapshot.all_spans())
            (rows,) = snapshot.connection.execute("SELECT count(*) FROM spans").fetchone()
        with filled.reading() as snapshot:
            after = len(snapshot.all_spans())

    assert (before, during, rows, after) == (15, 15, 15, 18)


def test_a_version_from_the_future_stays_as_it_is(path: Path, filled: EmbeddedIndex) -> None:
    """Who has an older program neither reads nor harms it."""
    filled.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2000000000")
    connection.close()
    size = path.stat().st_size

    assert not is_index(path)
    for _ in range(2):
        with pytest.raises(SegmentError, match="no index of this version"):
            EmbeddedIndex(path)
    assert path.stat().st_size == size
