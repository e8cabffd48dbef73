"""Ids of spans are packed without loss, and roots are found among the spans that can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.embedded import EmbeddedIndex
from traces.embedded.heads import facts_at, find_heads, pack_id, unpack_id
from traces.normal import assemble
from traces.testing import TraceBuilder


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_usual_ids_are_numbers_that_sort_alike(one: int, other: int) -> None:
    """Sixteen hexadecimal digits fit 64 bits with a sign."""
    first, second = f"{one:016x}", f"{other:016x}"
    packed, another = pack_id(first), pack_id(second)

    assert isinstance(packed, int)
    assert isinstance(another, int)
    assert -(2**63) <= packed < 2**63
    assert unpack_id(packed) == first
    assert (packed < another) == (first < second)


@pytest.mark.parametrize("odd", ["", "x", "F" * 16, "+" + "0" * 15, "0_0", " " * 16, "f" * 17, "٣" * 16])
def test_other_ids_stay_as_they_are(odd: str) -> None:
    """Nothing is made equal that was not."""
    assert pack_id(odd) == odd == unpack_id(pack_id(odd))


def test_a_root_under_a_request_is_found(index: EmbeddedIndex) -> None:
    """The agent is below a span of somebody else's; nested agents are not taken for it."""
    trace = TraceBuilder()
    request = trace.span("POST /run", span_id="a" * 16)
    nested, root = trace.root("failed", task="inner"), trace.root("passed", task="outer")
    nested = type(nested)(**{**vars(nested), "span_id": "b" * 16, "parent_id": root.span_id})
    root = type(root)(**{**vars(root), "parent_id": request.span_id})
    index.add([assemble([request, nested, root])])
    with index.reading() as snapshot:
        heads = find_heads(snapshot.connection, 1)
        kept = facts_at(snapshot.connection, 1, pack_id(request.span_id))

    assert heads.root is not None
    assert heads.root["flywheel.task"] == "outer"
    assert heads.started is None
    assert kept == {"start": request.start_ns, "end": request.end_ns}
