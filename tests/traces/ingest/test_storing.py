"""Batches of spans, each content once."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from traces.codec import encode_span
from traces.errors import SegmentError
from traces.ingest.storing import BATCH_SPANS, SpanId, Storing
from traces.span import Span
from traces.testing import TraceBuilder


def _nothing(ids: Sequence[SpanId]) -> dict[SpanId, set[int]]:
    """An index that knows nothing yet."""
    return {key: set() for key in ids[:0]}


def _checksum(span: Span) -> int:
    return zlib.crc32(encode_span(span))


def test_what_is_known_is_not_stored(store: Any) -> None:
    """By id and checksum of the record."""
    trace = TraceBuilder()
    old, new = trace.span("old"), trace.span("new")
    storing = Storing(
        store, lambda ids: {found: {_checksum(old)} for found in ids if found[1] == old.span_id}
    )
    storing.add(old)
    storing.add(new)

    stored = storing.flush()

    assert (stored.stored, stored.duplicate) == (1, 1)
    assert [span.name for span in store.spans()] == ["new"]


def test_what_is_known_with_other_content_is_stored(store: Any) -> None:
    """The id alone says nothing."""
    span = TraceBuilder().span("a")
    storing = Storing(store, lambda ids: {key: {1} for key in ids})
    storing.add(span)

    assert storing.flush().stored == 1


def test_a_batch_and_the_batches_before_it_are_compared(store: Any) -> None:
    """The index does not know them yet."""
    span = TraceBuilder().span("a")
    storing = Storing(store, _nothing)
    storing.add(span)
    storing.add(span)
    first = storing.flush()
    storing.add(span)
    second = storing.flush()

    assert (first.stored, first.duplicate) == (1, 1)
    assert (second.stored, second.duplicate) == (0, 1)


def test_an_empty_batch_asks_and_writes_nothing(store: Any) -> None:
    """Files without spans cost nothing."""

    def never(ids: Any) -> Any:
        raise AssertionError(ids)

    assert Storing(store, never).flush().stored == 0
    assert store.batches == []


def test_a_batch_is_full_at_a_thousand(store: Any) -> None:
    """Or at some megabytes."""
    trace = TraceBuilder()
    storing = Storing(store, _nothing)
    for _ in range(BATCH_SPANS - 1):
        storing.add(trace.span())

    assert not storing.is_full
    storing.add(trace.span())
    assert storing.is_full
    storing.flush()
    storing.add(trace.span(attributes={"big": "x" * (5 << 20)}))
    assert storing.is_full


def test_a_span_that_cannot_be_stored_says_so(store: Any) -> None:
    """And leaves the batch as it is."""
    storing = Storing(store, _nothing)

    with pytest.raises(SegmentError):
        storing.add(TraceBuilder().span(attributes={"a": object()}))  # type: ignore[dict-item]
    assert storing.flush().stored == 0


def test_spans_are_prepared_before_all_else(store: Any) -> None:
    """What is written is what was compared."""
    span = TraceBuilder().span("secret")
    storing = Storing(store, store.known, prepare=lambda found: replace(found, name="redacted"))
    storing.add(span)
    storing.flush()

    assert [found.name for found in store.spans()] == ["redacted"]
