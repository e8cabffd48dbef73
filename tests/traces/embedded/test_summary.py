"""A run's summary adds up, forgets, and comes back from its row as it was."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from traces.documents import clamp, document
from traces.embedded.summary import (
    MODEL,
    OTHER,
    RunSummary,
    Shape,
    SpanNumbers,
    clamp_cost,
    dump_summary,
    facts_of,
    load_summary,
    mention_all,
    numbers_of,
)
from traces.testing import TraceBuilder

_NUMBERS = st.builds(
    SpanNumbers,
    st.integers(0, 100),
    st.integers(0, 100),
    st.sampled_from([OTHER, MODEL, 2, 3, 4]),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 8).map(lambda eighths: eighths / 8),
)


@given(st.lists(_NUMBERS, max_size=8), _NUMBERS)
def test_what_is_dropped_leaves_the_sums_as_they_were(spans: list[SpanNumbers], extra: SpanNumbers) -> None:
    """All but start and end, of which the summary says whether they may have changed."""
    with_extra, without = RunSummary(), RunSummary()
    for numbers in (*spans, extra):
        with_extra.take(numbers)
    for numbers in spans:
        without.take(numbers)
    is_sure = with_extra.drop(extra)
    with_extra.announced = without.announced

    assert not is_sure or with_extra == without
    with_extra.start, with_extra.end = without.start, without.end
    assert with_extra == without


@given(st.lists(_NUMBERS, max_size=4), st.booleans())
def test_a_row_keeps_a_summary(spans: list[SpanNumbers], has_shape: bool) -> None:
    """With the shape and what was mentioned first."""
    summary = RunSummary()
    for numbers in spans:
        summary.take(numbers)
        summary.note_call(numbers.start)
    summary.mention("agent", 3, "b" * 16, "codex")
    summary.shape = Shape(1, -5, 2, 3, 4, 0.5) if has_shape else None

    assert load_summary(dump_summary(summary)) == summary
    assert load_summary("") == RunSummary()


def test_the_earliest_span_is_heard() -> None:
    """In whatever order they come; its silence counts too."""
    summary, trace = RunSummary(), TraceBuilder()
    first, second = trace.chat("", agent_name="one"), trace.chat("", agent_name="two", conversation="c")
    for span in (second, first):
        mention_all(summary, span, document(span).model, span.start_ns)

    assert (summary.named("agent"), summary.named("conversation"), summary.named("source")) == (
        "one",
        "c",
        "",
    )
    assert summary.named("model") == "simulated:coder"


def test_many_parents_of_calls_are_looked_at_one_by_one() -> None:
    """A few are remembered; beyond that the rows are read."""
    summary = RunSummary()
    for number in range(40):
        summary.note_call(number)
        summary.note_call(None)

    assert summary.intricate
    assert len(summary.call_parents) == 32


def test_hostile_numbers_fit_a_table() -> None:
    """Beyond 64 bits, not finite, or no numbers at all."""
    trace = TraceBuilder()
    chat = trace.chat("", input_tokens=10**30, output_tokens="many", run_cost=math.nan)
    chat = type(chat)(**{**vars(chat), "start_ns": -(10**30), "end_ns": 10**30})
    numbers = numbers_of(chat, document(chat))

    assert (numbers.start, numbers.end) == (-(2**63), 2**63 - 1)
    assert (numbers.input, numbers.output, numbers.cost) == (2**63 - 1, 0, 0.0)
    assert facts_of(chat)["call"] is True
    assert (clamp(5), clamp_cost(None), clamp_cost(1e300)) == (5, 0.0, 1e15)
