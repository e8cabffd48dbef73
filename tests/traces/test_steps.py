"""Each call is one step of the run, however many spans tell of it."""

from __future__ import annotations

from dataclasses import replace

from traces import attributes as names
from traces.span import Span
from traces.steps import model_spans, tool_spans
from traces.testing import TraceBuilder


def _silent(span: Span) -> Span:
    """The span without tokens."""
    kept = {key: value for key, value in span.attributes.items() if not key.startswith("gen_ai.usage")}
    return replace(span, attributes=kept)


def _below(span: Span, parent: Span) -> Span:
    return replace(span, parent_id=parent.span_id)


def test_the_innermost_call_counts(spans: TraceBuilder) -> None:
    """Also through spans in between, and through three layers."""
    outer = spans.chat("outer")
    work = _below(spans.span(), outer)
    middle = _below(spans.chat("middle"), work)
    inner = _below(spans.chat("inner"), middle)

    assert model_spans([outer, work, middle, inner]) == [inner]


def test_an_inner_call_without_tokens_repeats(spans: TraceBuilder) -> None:
    """The one around it knows more."""
    outer = spans.chat("outer")
    inner = _below(_silent(spans.chat("inner")), outer)

    assert model_spans([outer, inner]) == [outer]
    assert model_spans([_silent(outer), inner]) == [inner]


def test_an_attempt_that_failed_counts_beside_one_that_did_not(spans: TraceBuilder) -> None:
    """The call around both is left out, so both are calls."""
    outer = spans.chat("outer")
    failed, done = _below(_silent(spans.chat("failed")), outer), _below(spans.chat("done"), outer)

    assert model_spans([outer, failed, done]) == [failed, done]


def test_a_silent_layer_hides_nothing(spans: TraceBuilder) -> None:
    """Of three layers the middle one without tokens still joins the others."""
    outer = spans.chat("outer")
    middle = _below(_silent(spans.chat("middle")), outer)
    inner = _below(spans.chat("inner"), middle)

    assert model_spans([outer, middle, inner]) == [inner]


def test_a_call_of_a_tool_or_an_agent_is_its_own(spans: TraceBuilder) -> None:
    """Some frameworks run tools, and agents as tools, inside the call that asked for them."""
    outer = spans.chat("outer")
    tool = _below(spans.tool("ask", {}, ""), outer)
    agent = replace(_below(spans.root(), outer), span_id="e" * 16)
    calls = [_below(spans.chat("x"), tool), _below(spans.chat("y"), agent)]

    assert model_spans([outer, tool, agent, *calls]) == [outer, *calls]


def test_calls_in_a_cycle_all_end(spans: TraceBuilder) -> None:
    """Parents that go round in circles stop nobody."""
    one = replace(spans.chat("one"), span_id="1" * 16, parent_id="2" * 16)
    two = replace(spans.chat("two"), span_id="2" * 16, parent_id="1" * 16)
    itself = replace(spans.chat("me"), span_id="3" * 16, parent_id="3" * 16)

    assert model_spans([one, two, itself])[-1] == itself


def test_a_tool_told_twice_counts_once(spans: TraceBuilder) -> None:
    """The span that says more, in the place of the first."""
    told = spans.tool("bash", {"command": "ls"}, "a.py", tool_call_id="c1")
    bare = spans.span(
        attributes={names.OPERATION: "execute_tool", names.TOOL_NAME: "bash", names.TOOL_CALL_ID: "c1"}
    )
    bare = replace(bare, start_ns=told.start_ns + 1, end_ns=told.end_ns)

    assert tool_spans([told, bare]) == [told]
    assert tool_spans([bare, told]) == [told]


def test_a_stand_in_is_the_same_call(spans: TraceBuilder) -> None:
    """A runtime says ``invalid`` where the other says what the model wanted."""
    told = spans.tool("open_file", {"path": "a"}, "", tool_call_id="c1")
    stand_in = replace(told, span_id="e" * 16, attributes={
        names.OPERATION: "execute_tool", names.TOOL_NAME: "invalid", names.TOOL_CALL_ID: "c1",
    })  # fmt: skip

    assert tool_spans([told, stand_in]) == [told]


def test_calls_that_only_share_an_id(spans: TraceBuilder) -> None:
    """Some servers count from 1 in every turn, or give no ids: other times, tools or arguments are other calls."""
    first = spans.tool("bash", {"command": "ls"}, "", tool_call_id="1")
    later = spans.tool("bash", {"command": "ls"}, "", tool_call_id="1")
    beside = replace(spans.tool("bash", {"command": "pwd"}, "", tool_call_id="1"), start_ns=first.start_ns)
    other = replace(spans.tool("read", {}, "", tool_call_id="1"), start_ns=first.start_ns)
    nameless = [replace(spans.tool("bash", {}, ""), start_ns=first.start_ns) for _ in range(2)]

    assert len(tool_spans([first, later, beside, other, *nameless])) == 6
