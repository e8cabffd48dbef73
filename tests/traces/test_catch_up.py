"""Spans may arrive in any order, in any parts, twice: the index ends up the same, and knows how far it read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.traces.stored import fields_in, fields_of, imported, write
from traces import attributes as names
from traces.catch_up import CaughtUp, catch_up
from traces.codec import encode_span
from traces.embedded import EmbeddedIndex
from traces.index import Query
from traces.labels import label_span, rating_span
from traces.normal import assemble, is_run
from traces.outcome import Outcome
from traces.segments import SegmentWriter, segment_paths
from traces.span import AttributeValue, Span, SpanLink
from traces.store import TraceStore
from traces.testing import SECOND_NS, START_NS, TraceBuilder, small_run
from traces.where import parse_where


def test_what_is_new_goes_in_once(store: TraceStore) -> None:
    """A second time there is nothing to do; what was added since goes in."""
    write(store.own, small_run(1).spans)
    with EmbeddedIndex(store.index) as index:
        first, again = catch_up(index, store), catch_up(index, store)
        write(store.foreign, imported(2))
        later = catch_up(index, store)

        assert (first.spans, first.runs, again) == (3, 1, CaughtUp())
        assert (later.spans, later.runs) == (4, 1)
        assert index.search(Query()).total == 7


def test_progress_tells_of_spans_read(store: TraceStore) -> None:
    """Duplicates included: they take time too."""
    write(store.own, [*small_run(1).spans, *small_run(1).spans])
    told: list[int] = []
    with EmbeddedIndex(store.index) as index:
        report = catch_up(index, store, progress=told.append)

    assert (sum(told), report.spans, report.duplicates) == (6, 3, 3)


def test_damage_is_counted_and_passed(store: TraceStore) -> None:
    """A damaged record costs itself, once."""
    path = write(store.own, small_run(1).spans)
    with path.open("ab") as file:
        file.write(b"v1 00000000 {}\n")
    with EmbeddedIndex(store.index) as index:
        assert [catch_up(index, store).damaged for _ in range(2)] == [1, 0]


_PARENTS = st.sampled_from([None, "f" * 16, "0" * 15 + "1", "0" * 15 + "2", "0" * 15 + "3", "c" * 16])
_KINDS = st.sampled_from(["chat", "execute_tool", "invoke_agent", "", "started"])


@st.composite
def traces(draw: st.DrawFn) -> list[Span]:
    """A trace of few spans with parents of all sorts: missing, cyclic, calls within calls, many agents."""
    spans = []
    order = draw(st.permutations(range(1, draw(st.integers(1, 9)) + 1)))
    for number, place in enumerate(order, start=1):
        kind, begin = draw(_KINDS), START_NS + place * SECOND_NS
        found: dict[str, AttributeValue] = {names.OPERATION: kind} if kind not in {"", "started"} else {}
        for key in (names.AGENT_NAME, names.CONVERSATION, names.TASK, names.SOURCE, names.REQUEST_MODEL):
            if draw(st.integers(0, 3)) == 0:
                found[key] = f"{key}-{draw(st.integers(1, 2))}"
        if draw(st.booleans()):
            found[names.INPUT_TOKENS] = draw(st.integers(0, 100))
            found[names.RUN_COST] = draw(st.integers(0, 8)) / 4
        if kind == "invoke_agent" and draw(st.booleans()):
            found[names.OUTCOME] = draw(st.sampled_from(["passed", "failed", "nonsense"]))
        spans.append(
            Span(
                trace_id="a" * 32,
                span_id=f"{number:016x}",
                parent_id=draw(_PARENTS),
                name=names.RUN_STARTED if kind == "started" else "work",
                start_ns=begin,
                end_ns=begin + draw(st.integers(0, 20)) * SECOND_NS,
                attributes=found,
            )
        )
    return spans


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spans=traces(), data=st.data())
def test_any_order_in_any_parts_comes_to_the_same(spans: list[Span], data: st.DataObject) -> None:
    """The fields are those of the run that all spans together make, whoever came first."""
    labels = [
        label_span("a" * 32, outcome, reason="seen", who="eve", time_ns=START_NS + number)
        for number, outcome in enumerate(data.draw(st.lists(st.sampled_from([*Outcome][:3]), max_size=2)))
    ]
    shuffled = data.draw(st.permutations([*spans, *labels]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
    with tempfile.TemporaryDirectory() as folder, EmbeddedIndex(Path(":memory:")) as index:
        store = TraceStore(root=Path(folder))
        for begin, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True):
            write(store.own, shuffled[begin:end])
            catch_up(index, store)
        in_order = sorted(spans, key=lambda span: span.start_ns)
        found, expected = fields_in(index, "a" * 32), fields_of("a" * 32, [*in_order, *labels])
        runs = index.stats().runs

    assert {name: found.get(name, "") for name in expected} == pytest.approx(expected)
    assert runs == is_run(spans)


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_the_version_that_ends_last_counts(data: st.DataObject) -> None:
    """Of spans with the same ids, whatever came between; a derived root is merged."""
    parts = imported()
    versions = [
        replace(
            span, end_ns=span.start_ns + seconds * SECOND_NS, attributes={**span.attributes, "n": seconds}
        )
        for span in parts
        for seconds in data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True))
    ]
    shuffled = data.draw(st.permutations(versions))
    cut = data.draw(st.integers(0, len(shuffled)))
    with tempfile.TemporaryDirectory() as folder, EmbeddedIndex(Path(":memory:")) as index:
        store = TraceStore(root=Path(folder))
        for part in (shuffled[:cut], shuffled[cut:]):
            write(store.foreign, part)
            catch_up(index, store)
        run_id = parts[0].trace_id
        found, expected = fields_in(index, run_id), fields_of(run_id, shuffled)
        stored = index.run_spans(run_id, store)

        assert {name: found.get(name, "") for name in expected} == pytest.approx(expected)
        assert sorted(stored, key=lambda span: span.span_id) == sorted(
            assemble(shuffled).spans, key=lambda span: span.span_id
        )
        assert index.search(Query()).total == len(parts)


def test_the_same_record_again_is_a_duplicate(store: TraceStore) -> None:
    """Known by trace, span and checksum; a later version replaces it in the full text too."""
    root, chat, *rest = imported()
    grown = replace(
        TraceBuilder(root.trace_id).chat("entirely otherwise"), span_id=chat.span_id, end_ns=chat.end_ns + 1
    )
    write(store.foreign, [root, chat, *rest, chat])
    with EmbeddedIndex(store.index) as index:
        assert catch_up(index, store).duplicates == 1
        before = index.known([(root.trace_id, chat.span_id), (root.trace_id, "0" * 16), ("b" * 32, "x")])
        write(store.foreign, [grown])
        assert catch_up(index, store).spans == 1
        after = index.known([(root.trace_id, chat.span_id)])

        assert list(before) == list(after) == [(root.trace_id, chat.span_id)]
        assert before != after
        assert index.search(Query(text="looking")).total == 0
        assert index.search(Query(text="otherwise")).total == 1


def test_nobody_enters_a_run_of_our_own(store: TraceStore) -> None:
    """Foreign spans under its trace id are left out, whether they come later or came before."""
    ours = small_run(1)
    theirs = TraceBuilder(ours.run_id).root("passed", task="stolen")
    claim = replace(theirs, span_id="b" * 16)
    write(store.foreign, [claim])
    with EmbeddedIndex(store.index) as index:
        assert catch_up(index, store).spans == 1
        write(store.own, ours.spans)
        write(store.foreign, [replace(claim, span_id="d" * 16)])
        report = catch_up(index, store)

        assert (report.spans, report.ignored) == (3, 1)
        assert fields_in(index, ours.run_id)["outcome"] == "failed"
        assert index.search(Query()).total == 3


def test_an_evaluation_decides_an_unknown_outcome(store: TraceStore) -> None:
    """The latest, before or after the run came; it is no span of the search, and its label is one of the run."""
    spans = imported()
    run_id = spans[0].trace_id
    write(store.foreign, [label_span(run_id, Outcome.PASSED, reason="", who="eve", time_ns=START_NS + 9)])
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        write(store.foreign, spans)
        write(store.foreign, [label_span(run_id, Outcome.FAILED, reason="", who="eve", time_ns=START_NS)])
        write(store.foreign, [rating_span(run_id, 4, reason="", who="eve", time_ns=START_NS)])
        catch_up(index, store)
        page = index.search(Query(facets=("outcome", "reason", "label", "rating"), by_run=True))

    assert page.facets["outcome"] == {"passed": 1}
    assert page.facets["reason"] == {"labelled:label": 1}
    assert page.facets["label"] == {"failed": 1, "passed": 1}
    assert page.facets["rating"] == {"4/5": 1}


def test_strangers_do_not_judge_our_runs(store: TraceStore) -> None:
    """What a sender says of a run of our own is a label at most; what a person says here counts."""
    run = small_run(1, "unknown")
    link = SpanLink(trace_id=run.run_id, span_id="0" * 16)
    found = {names.EVALUATION_NAME: "judge", names.EVALUATION_LABEL: "passed"}
    write(store.own, run.spans)
    write(store.foreign, [TraceBuilder("e" * 32).span("foreign.eval", attributes=found, links=(link,))])
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        assert fields_in(index, run.run_id)["outcome"] == "unknown"
        write(store.foreign, [label_span(run.run_id, Outcome.FAILED, reason="", who="eve", time_ns=1)])
        catch_up(index, store)

        assert fields_in(index, run.run_id)["outcome"] == "failed"


def test_a_segment_that_is_gone_takes_its_spans_with_it(store: TraceStore) -> None:
    """And its labels; the rest of a run whose other spans lie elsewhere is summed up anew."""
    whole, (root, *steps) = write(store.foreign, imported(1)), imported(2)
    write(store.foreign, [root])
    part = write(store.foreign, steps)
    label = label_span(root.trace_id, Outcome.PASSED, reason="", who="eve", time_ns=1)
    judged = write(store.foreign, [label])
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        for path in (whole, part, judged):
            path.unlink()
        catch_up(index, store)

        assert index.run_ids() == (root.trace_id,)
        assert index.search(Query(facets=("outcome",))).facets == {"outcome": {"unknown": 1}}
        assert index.search(Query(text="looking")).total == 0
        found, expected = fields_in(index, root.trace_id), fields_of(root.trace_id, [root])
        assert {name: found[name] for name in expected} == expected
        assert len(segment_paths(store.foreign)) == 1


def test_a_long_trace_in_many_parts_is_settled_when_it_rests(store: TraceStore) -> None:
    """Calls within calls are told apart at the latest when nothing of the run came in the meantime."""
    trace = TraceBuilder()
    outer = [trace.chat("wrapper", input_tokens=7) for _ in range(40)]
    inner = [replace(trace.chat("call"), parent_id=outer[number % 40].span_id) for number in range(2200)]
    write(store.foreign, [trace.root(""), *inner])
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        for span in outer[:3]:
            write(store.foreign, [span])
            catch_up(index, store)
        catch_up(index, store)

        assert fields_in(index, trace.trace_id)["steps"] == len(inner)


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_hostile_spans_are_taken_in(data: st.DataObject) -> None:
    """Ids of any text, numbers of any size, attributes of any type: nothing breaks, and each is found once."""
    text = st.text(max_size=20) | st.sampled_from(["f" * 16, "f" * 17, "a" * 32, "\ud800", "a\0b", ""])
    number = st.integers() | st.sampled_from([2**63, -(2**70), 2**1100, 0])
    keys = st.sampled_from(
        [
            names.OPERATION,
            names.INPUT_MESSAGES,
            names.OUTPUT_MESSAGES,
            names.RUN_SECONDS,
            names.OUTCOME,
            names.INPUT_TOKENS,
            names.RUN_COST,
            names.TOOL_NAME,
            names.SOURCE,
            names.EVALUATION_NAME,
            names.AGENT_NAME,
        ]
    )
    values = st.one_of(
        text, number, st.floats(), st.booleans(), st.lists(text, max_size=2).map(tuple),
        st.sampled_from(["chat", "invoke_agent", "execute_tool", '[{"role": 1, "parts": [{}]}]', "[[]]"]),
    )  # fmt: skip
    spans = data.draw(
        st.lists(
            st.builds(
                Span,
                trace_id=text,
                span_id=text,
                parent_id=st.none() | text,
                name=text | st.just(names.RUN_STARTED),
                start_ns=number,
                end_ns=number,
                status=st.sampled_from(["ok", "error"]),
                attributes=st.dictionaries(keys, values, max_size=6),
            ),
            max_size=6,
        )
    )
    with tempfile.TemporaryDirectory() as folder, EmbeddedIndex(Path(":memory:")) as index:
        store = TraceStore(root=Path(folder))
        write(store.own, spans)
        report = catch_up(index, store)
        page = index.search(Query(facets=("kind", "model", "error"), limit=50))
        index.search(Query(by_run=True, text="a"))

        assert report.spans + report.duplicates == len(spans)
        assert page.total == len(page.hits) == index.stats().spans <= len(spans)
        assert all(index.run_spans(run_id, store) for run_id in index.run_ids())


_WRITER = """
    import sys
    from pathlib import Path
    from traces.catch_up import catch_up
    from traces.embedded import EmbeddedIndex
    from traces.store import TraceStore
    store = TraceStore(root=Path(sys.argv[1]))
    with EmbeddedIndex(store.index) as index:
        print("ready", flush=True)
        catch_up(index, store, progress=lambda count: print(count, flush=True))
    print("done", flush=True)
"""


def start(store: TraceStore) -> subprocess.Popen[str]:
    """A process that catches up."""
    command = [sys.executable, "-c", textwrap.dedent(_WRITER), str(store.root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_several_processes_and_a_kill_leave_nothing_out_and_nothing_twice(store: TraceStore) -> None:
    """One is killed at its work; two others go on at the same time."""
    spans = [replace(span, trace_id=f"{number:032x}") for number in range(1, 1000) for span in imported()]
    write(store.foreign, spans)
    victim = start(store)
    assert victim.stdout is not None
    victim.stdout.readline()
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    others = [start(store), start(store)]
    endings = [(process.communicate()[0].split()[-1], process.returncode) for process in others]

    assert endings == [("done", 0), ("done", 0)]
    with EmbeddedIndex(store.index) as index:
        assert catch_up(index, store) == CaughtUp()
        assert index.search(Query(text="looking")).total == 999
        assert (index.stats().spans, index.stats().runs) == (len(spans), 999)


def test_reading_a_run_back(store: TraceStore) -> None:
    """By its places; a run that was added without any is looked for in the segments."""
    run = small_run(1)
    write(store.own, run.spans)
    with EmbeddedIndex(store.index) as index:
        index.add([run])
        without = index.run_spans(run.run_id, store)
        taken = catch_up(index, store)

        assert {span.span_id for span in without} == {span.span_id for span in run.spans}
        assert (taken.spans, taken.duplicates) == (0, 3)
        assert index.run_spans(run.run_id, store) == without
        assert index.run_spans("b" * 32, store) == ()
        assert index.known([(run.run_id, run.spans[0].span_id)]) != {
            (run.run_id, run.spans[0].span_id): frozenset({0})
        }


def test_what_changed_can_be_pushed_on(store: TraceStore) -> None:
    """Runs that came, grew, were labelled or deleted since; then nothing."""
    write(store.own, small_run(1).spans)
    write(store.foreign, imported(2))
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        all_runs, first = index.changed_since(0)
        index.annotate(f"{2:032x}", {"label": ["odd"]})
        labelled, second = index.changed_since(first)
        index.delete([parse_where("outcome=failed")])
        deleted, third = index.changed_since(second)

        assert set(all_runs) == {f"{1:032x}", f"{2:032x}"}
        assert (labelled, deleted) == ((f"{2:032x}",), (f"{1:032x}",))
        assert index.changed_since(third) == ((), third)
        assert index.run_ids() == (f"{2:032x}",)


def test_every_version_of_a_span_is_known(tmp_path: Path) -> None:
    """Whichever counts: an import that is repeated finds all that it brought before."""
    store = TraceStore(root=tmp_path)
    trace = TraceBuilder()
    first = replace(trace.root(), attributes={"v": 1})
    versions = [replace(first, end_ns=first.end_ns + later, attributes={"v": later}) for later in (5, 9, 2)]
    with SegmentWriter(store.foreign) as writer:
        writer.append_many([first, *versions])

    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        known = index.known([(first.trace_id, first.span_id)])
        (kept,) = index.run_spans(first.trace_id, store)

    checksums = {zlib.crc32(encode_span(span)) for span in (first, *versions)}
    assert known == {(first.trace_id, first.span_id): checksums}
    assert kept.attributes == {"v": 9}
