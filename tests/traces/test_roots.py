"""The span that is the run is found in traces of every shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.roots import find_root, find_started
from traces.span import Span
from traces.testing import TraceBuilder

_IDS = [f"{number:016x}" for number in range(1, 7)]


def _agent(spans: TraceBuilder, span_id: str, parent_id: str | None) -> Span:
    return replace(spans.root(), span_id=span_id, parent_id=parent_id)


@st.composite
def _tangled(draw: st.DrawFn) -> list[Span]:
    """Spans whose parents are anything: missing, each other, themselves."""
    builder = TraceBuilder()
    parents = st.none() | st.sampled_from([*_IDS, "beyond"])
    kinds = st.sampled_from(["agent", "work", "started"])
    shapes = draw(st.lists(st.tuples(kinds, st.sampled_from(_IDS), parents), max_size=8))
    makers: dict[str, Callable[[], Span]] = {
        "agent": builder.root,
        "work": builder.span,
        "started": builder.started,
    }
    return [replace(makers[kind](), span_id=span_id, parent_id=parent) for kind, span_id, parent in shapes]


def test_no_agent_no_root(spans: TraceBuilder) -> None:
    """Runtime internals alone are no run."""
    assert find_root([]) is None
    assert find_root([spans.span(), spans.chat("x"), spans.tool("bash", {}, "")]) is None


def test_siblings_the_earliest_counts(spans: TraceBuilder) -> None:
    """Two agents without a parent: the first to start, whatever the order of arrival."""
    first, second = _agent(spans, "1" * 16, None), _agent(spans, "2" * 16, None)

    assert find_root([second, first]) == find_root([first, second]) == first


def test_an_agent_on_its_own_goes_before_one_below_a_request(spans: TraceBuilder) -> None:
    """The one without a parent in the trace is the run, also when it started later."""
    request = spans.span("POST /")
    below = _agent(spans, "1" * 16, request.span_id)
    alone = _agent(spans, "2" * 16, None)

    assert find_root([request, below, alone]) == alone


def test_agents_far_below_an_agent_are_nested(spans: TraceBuilder) -> None:
    """Through tool calls and other spans in between."""
    outer = _agent(spans, "1" * 16, "beyond")
    tool = replace(spans.tool("task", {}, ""), parent_id=outer.span_id)
    inner = _agent(spans, "2" * 16, tool.span_id)

    assert find_root([inner, tool, outer]) == outer


def test_the_announced_root_counts(spans: TraceBuilder) -> None:
    """Also when it is nested, or another agent has no parent."""
    announced = _agent(spans, spans.root_id, "1" * 16)
    other = _agent(spans, "1" * 16, None)
    started = spans.started()

    assert find_started([other, started]) == started
    assert find_root([other, announced, started]) == announced
    assert find_root([other, started]) is None
    assert find_root([other, replace(started, parent_id=None)]) == other


@settings(max_examples=examples(200), deadline=None)
@given(_tangled())
def test_any_tangle_has_an_answer(trace: list[Span]) -> None:
    """A root is an agent's span; without an announcement, there is one wherever there is an agent."""
    root = find_root(trace)
    agents = [span for span in trace if span.name == "invoke_agent coder"]

    assert root is None or root in agents
    assert root is not None or not agents or find_started(trace) is not None


def test_without_an_agent_what_covers_all_calls_is_the_root(spans: TraceBuilder) -> None:
    """The outermost span above every model and tool call; one that covers only some is none."""
    request = spans.span("POST /")
    chain = spans.span("chain", parent_id=request.span_id)
    calls = [replace(call, parent_id=chain.span_id) for call in (spans.chat("x"), spans.tool("bash", {}, ""))]
    stray = replace(spans.chat("y"), parent_id=None)

    assert find_root([spans.span("other"), *calls, chain, request]) == request
    assert find_root([*calls, chain, request, stray]) is None
    assert find_root([request, chain]) is None


def test_a_call_is_the_whole_run_only_where_nothing_was_above_it(spans: TraceBuilder) -> None:
    """One model call on its own is a run; one whose parent is missing has lost its run."""
    alone = replace(spans.chat("x"), parent_id=None)

    assert find_root([alone]) == alone
    assert find_root([replace(alone, parent_id="9" * 16)]) is None


def test_a_started_run_without_its_root_has_none(spans: TraceBuilder) -> None:
    """What a killed run left behind is not mistaken for a whole one."""
    outer = spans.span("outer")

    assert find_root([spans.started(), outer, replace(spans.chat("x"), parent_id=outer.span_id)]) is None


def test_calls_in_a_cycle_have_no_root(spans: TraceBuilder) -> None:
    """Nothing is outermost there."""
    one = replace(spans.chat("x"), span_id="1" * 16, parent_id="2" * 16)
    two = replace(spans.tool("bash", {}, ""), span_id="2" * 16, parent_id="1" * 16)

    assert find_root([one, two]) is None
