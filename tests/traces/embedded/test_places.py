"""Runs are read back from their segments, wherever these are and whatever became of them."""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.traces.stored import imported, write
from traces.catch_up import catch_up
from traces.codec import encode_span
from traces.embedded import EmbeddedIndex
from traces.embedded.places import folder_of, known_checksums, reread_run
from traces.errors import SegmentError
from traces.labels import label_span
from traces.outcome import Outcome
from traces.segments import SegmentWriter
from traces.segments.compress import compress_closed
from traces.span import Span
from traces.store import TraceStore
from traces.testing import TraceBuilder, small_run
from traces.where import parse_where


def checksum(span: Span) -> int:
    """As a segment stores it."""
    return zlib.crc32(encode_span(span))


def by_id(spans: tuple[Span, ...]) -> list[Span]:
    """In an order that does not depend on where they were stored."""
    return sorted(spans, key=lambda span: span.span_id)


def test_each_origin_has_its_folder(store: TraceStore) -> None:
    """Our own runs are apart from what others sent."""
    assert folder_of(store, "own") == store.own
    assert folder_of(store, "foreign") == store.foreign


def test_a_run_that_lies_in_several_segments_is_whole(store: TraceStore) -> None:
    """In the order in which they were written, each span once."""
    root, *steps = imported()
    for part in ([steps[0]], [root, steps[1]], [steps[2], steps[0]]):
        write(store.foreign, part)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        found = index.run_spans(root.trace_id, store)

    assert by_id(found) == by_id((root, *steps))


def test_places_hold_after_compression(store: TraceStore) -> None:
    """Offsets are those of the unpacked content, and a segment keeps its name."""
    spans = imported()
    path = write(store.foreign, spans)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        compress_closed(store.foreign)

        assert not path.exists()
        assert by_id(index.run_spans(spans[0].trace_id, store)) == by_id(spans)
        assert catch_up(index, store).spans == 0


def test_a_damaged_segment_is_an_error(store: TraceStore) -> None:
    """Not an answer that lacks a span; other runs are still read."""
    damaged, intact = imported(1), imported(2)
    path = write(store.foreign, damaged)
    write(store.foreign, intact)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        content = bytearray(path.read_bytes())
        content[100] ^= 1
        path.write_bytes(content)

        with pytest.raises(SegmentError, match="fails its checksum"):
            index.run_spans(damaged[0].trace_id, store)
        assert len(index.run_spans(intact[0].trace_id, store)) == 4
        path.unlink()
        with pytest.raises(SegmentError, match="there is no segment"):
            index.run_spans(damaged[0].trace_id, store)


def test_a_run_that_was_added_without_places_is_looked_for(store: TraceStore) -> None:
    """Our own spans go before those of others under the same trace id."""
    run = small_run(1)
    claim = replace(run.spans[0], span_id="b" * 16, name="claim")
    write(store.foreign, [claim])
    with EmbeddedIndex(store.index) as index:
        index.add([run])
        foreign = index.run_spans(run.run_id, store)
        write(store.own, run.spans)
        own = index.run_spans(run.run_id, store)

    assert foreign == (claim,)
    assert by_id(own) == by_id(run.spans)


def test_nobody_else_is_read(store: TraceStore) -> None:
    """An unknown run, a deleted one and one that was only annotated have no spans."""
    spans = imported()
    write(store.foreign, spans)
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)
        index.annotate("c" * 32, {"label": ["early"]})
        index.delete([parse_where(f"run={spans[0].trace_id}")])

        assert [index.run_spans(run, store) for run in (spans[0].trace_id, "c" * 32, "d" * 32)] == [()] * 3


@settings(max_examples=examples(30), deadline=None)
@given(ends=st.lists(st.integers(1, 9), min_size=1, max_size=5), is_own=st.booleans())
def test_every_version_is_known_and_can_be_read_again(ends: list[int], is_own: bool) -> None:
    """In whatever order they come: each checksum once, each stored span among those of its run."""
    first = TraceBuilder().chat("grows")
    versions = [replace(first, end_ns=first.start_ns + end, attributes={"end": end}) for end in ends]
    with tempfile.TemporaryDirectory() as folder, EmbeddedIndex(Path(":memory:")) as index:
        store = TraceStore(root=Path(folder))
        with SegmentWriter(store.own if is_own else store.foreign) as writer:
            writer.append_many(versions)
        catch_up(index, store)
        known = known_checksums(index.connection, [(first.trace_id, first.span_id), ("x", "y")])
        reread = list(reread_run(index.connection, 1, store))
        (kept,) = index.run_spans(first.trace_id, store)

    assert known == {(first.trace_id, first.span_id): {checksum(span) for span in versions}}
    assert {checksum(span) for span in reread} == {checksum(span) for span in versions}
    assert kept.attributes["end"] == max(ends)


def test_an_evaluation_is_known_too(store: TraceStore) -> None:
    """So that a label that is sent again is not stored again, though it is no span of its trace."""
    label = label_span("a" * 32, Outcome.PASSED, reason="", who="eve", time_ns=5)
    write(store.foreign, [label])
    with EmbeddedIndex(store.index) as index:
        catch_up(index, store)

        assert index.known([(label.trace_id, label.span_id)]) == {
            (label.trace_id, label.span_id): frozenset({checksum(label)})
        }
        assert index.run_spans(label.trace_id, store) == ()
