"""A run is read from its spans, whatever state they are in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces import attributes as names
from traces.normal import assemble, assemble_all, is_run
from traces.outcome import Outcome
from traces.span import Span, SpanLink
from traces.testing import TraceBuilder
from traces.waterfall import waterfall


def test_a_whole_run(spans: TraceBuilder) -> None:
    """Root, calls, activations, usage and identity all end up in their places."""
    chat = spans.chat("Let me look", tools=("bash", "read_file"))
    tool = spans.tool("bash", {"command": "ls"}, "a.py\n[exit code: 0]", exit_code=0)
    acting = spans.span("middleware", events=(spans.activation("LoopDetection", "same call 3 times"),))
    root = spans.root(
        "passed", reason="verified", cause="passed", score=1.0, task="t1", group="g1", suite="s", split="mine",
        arm="control", experiment="e1", harness_commit="c0", harness_tree="d0", run_digest="dd", run_key="k",
        run_attempt=2, run_seed=7, run_seconds=12.5, simulated=True, input_tokens=100, output_tokens=10,
        run_cost=0.25,
    )  # fmt: skip

    run = assemble([chat, tool, acting, root])

    assert run.run_id == spans.trace_id
    assert run.root == root
    assert (run.outcome, run.reason, run.cause, run.score) == (Outcome.PASSED, "verified", "passed", 1.0)
    assert (run.task, run.group, run.suite, run.split) == ("t1", "g1", "s", "mine")
    assert (run.arm, run.experiment, run.harness_commit, run.harness_tree) == ("control", "e1", "c0", "d0")
    assert (run.key, run.attempt, run.seed, run.digest, run.simulated) == ("k", 2, 7, "dd", True)
    assert (run.seconds, run.usage.input_tokens, run.usage.cost_usd) == (12.5, 100, 0.25)
    assert run.model_calls[0].text == "Let me look"
    assert run.model_calls[0].tool_names == ("bash", "read_file")
    assert run.tool_calls[0].arguments == {"command": "ls"}
    assert run.activations[0].middleware == "LoopDetection"
    assert [step.span_id for step in run.steps] == [chat.span_id, tool.span_id]


def test_the_order_of_arrival_does_not_matter(spans: TraceBuilder) -> None:
    """Spans are sorted by their start: children are written before their parents."""
    trace = [spans.chat("one"), spans.tool("bash", {}, "two"), spans.chat("three"), spans.root()]

    assert assemble(reversed(trace)) == assemble(trace)


def test_a_run_that_only_started(spans: TraceBuilder) -> None:
    """A killed run has no root and no outcome, and still its identity."""
    run = assemble([spans.started(task="t1", run_key="k", run_attempt=3)])

    assert run.root is None
    assert run.outcome is Outcome.UNKNOWN
    assert (run.task, run.key, run.attempt) == ("t1", "k", 3)


def test_a_nested_agent_is_no_root_of_a_killed_run(spans: TraceBuilder) -> None:
    """The announced root's id decides, so that a subagent's outcome is never the run's."""
    nested = replace(spans.root("passed"), span_id="e" * 16, parent_id="d" * 16)

    run = assemble([spans.started(), nested])

    assert run.root is None
    assert run.outcome is Outcome.UNKNOWN


def test_the_outermost_agent_is_the_root(spans: TraceBuilder) -> None:
    """Of nested agents the outermost is the run, also below a span that is no agent."""
    request = spans.span("POST /")
    root = replace(spans.root("failed"), parent_id=request.span_id)
    nested = replace(spans.root("passed"), span_id="e" * 16, parent_id=root.span_id)

    assert assemble([nested, request, root]).root == root


def test_a_parent_that_is_missing_does_not_hide_the_root(spans: TraceBuilder) -> None:
    """A truncated trace may have lost what was above its root."""
    root = replace(spans.root("passed"), parent_id="1234567812345678")

    assert assemble([root]).outcome is Outcome.PASSED


def test_a_cycle_of_parents_ends(spans: TraceBuilder) -> None:
    """Two agents that are each other's parents still give a run."""
    one = replace(spans.root("passed"), span_id="1" * 16, parent_id="2" * 16)
    two = replace(spans.root("failed"), span_id="2" * 16, parent_id="1" * 16)
    itself = replace(spans.span("x"), span_id="3" * 16, parent_id="3" * 16)

    assert assemble([one, two, itself]).root == one


def test_a_repeated_span_counts_once(spans: TraceBuilder) -> None:
    """Of several spans with one id the one that ends last counts, whatever the order; among equals the first."""
    first = spans.tool("bash", {}, "first")
    again = replace(spans.tool("bash", {}, "second"), span_id=first.span_id)
    equal = replace(again, attributes=first.attributes)

    assert [call.result for call in assemble([first, again, spans.root()]).tool_calls] == ["second"]
    assert [call.result for call in assemble([again, first, spans.root()]).tool_calls] == ["second"]
    assert [call.result for call in assemble([again, equal, spans.root()]).tool_calls] == ["second"]


def test_nobody_replaces_what_a_supervisor_wrote(spans: TraceBuilder) -> None:
    """In a run that a supervisor announced, a later span with the id of its root changes nothing."""
    root = spans.root("passed")
    forged = replace(root, end_ns=root.end_ns + 1, attributes={names.OPERATION: "invoke_agent"})

    run = assemble([spans.started(), root, forged])

    assert run.outcome is Outcome.PASSED


def test_foreign_claims_change_nothing(spans: TraceBuilder) -> None:
    """A span from elsewhere that claims an outcome is kept, but under ``foreign.``."""
    claim = spans.span(names.RUN_STARTED, events=(spans.activation("Fake", "nothing"),))
    run = assemble([claim, spans.root("passed", score=1.0, task="t1")], trusted=False)

    assert run.outcome is Outcome.UNKNOWN
    assert run.score is None
    assert run.task == ""
    assert run.activations == ()
    assert run.root is not None
    assert run.root.attributes["foreign.flywheel.outcome"] == "passed"
    assert not any(key.startswith("flywheel.") for span in run.spans for key in span.attributes)


def test_an_outcome_that_does_not_exist_is_unknown(spans: TraceBuilder) -> None:
    """Trace text never becomes an outcome by itself."""
    assert assemble([spans.root("splendid")]).outcome is Outcome.UNKNOWN


def test_usage_is_not_counted_twice(spans: TraceBuilder) -> None:
    """A root's own totals stand; without them the calls are summed."""
    calls = [spans.chat("one"), spans.chat("two")]

    assert assemble([*calls, spans.root(input_tokens=150, output_tokens=9)]).usage.input_tokens == 150
    assert assemble([*calls, spans.root()]).usage.input_tokens == 200


def test_cached_and_reasoning_tokens(spans: TraceBuilder) -> None:
    """The root's where it states them, else the sum of the calls'."""
    calls = [spans.chat("one", cached_tokens=5, reasoning_tokens=2), spans.chat("two", cached_tokens=7)]
    summed = assemble([*calls, spans.root()]).usage
    stated = assemble([*calls, spans.root(input_tokens=150, cached_tokens=99)]).usage

    assert (summed.cached_tokens, summed.reasoning_tokens) == (12, 2)
    assert (stated.cached_tokens, stated.reasoning_tokens) == (99, 2)


def test_a_root_that_is_a_call_speaks_for_itself(spans: TraceBuilder) -> None:
    """Its tokens are not the run's: tools below it may hold further calls."""
    outer = replace(spans.chat("outer"), parent_id=None)
    tool = replace(spans.tool("ask", {}, ""), parent_id=outer.span_id)
    run = assemble([outer, tool, replace(spans.chat("inner"), parent_id=tool.span_id)])

    assert run.root == outer
    assert run.usage.input_tokens == 200


def test_a_call_told_twice_is_one_step(spans: TraceBuilder) -> None:
    """A wrapper's usage is not counted again."""
    outer = spans.chat("outer")
    inner = replace(spans.chat("inner"), parent_id=outer.span_id)
    run = assemble([outer, inner, spans.root()])

    assert [call.text for call in run.model_calls] == ["inner"]
    assert run.usage.input_tokens == 100


def test_where_a_foreign_run_came_from(spans: TraceBuilder) -> None:
    """The root says it, or the first span that does."""
    said = {"provenance": "harbor:reward", "source": "codex", "agent_name": "codex", "conversation": "s-1"}
    run = assemble([spans.chat("x", source="openinference"), spans.root("failed", **said)])
    rootless = assemble([spans.chat("x", source="openinference", agent_name="coder"), spans.chat("y")])

    assert (run.provenance, run.source, run.agent, run.conversation) == (
        "harbor:reward",
        "codex",
        "codex",
        "s-1",
    )
    assert (rootless.source, rootless.agent, rootless.conversation) == ("openinference", "coder", "")


def test_what_is_no_run(spans: TraceBuilder) -> None:
    """Runtime internals, title calls that were set aside, and evaluations; one call is enough."""
    aside = spans.span("ai.streamText.doStream", attributes={names.ASIDE: "title"})
    internal = spans.span("sql.execute")

    assert not is_run([internal, aside, spans.span(names.EVALUATION_SPAN)])
    assert not is_run([])
    assert is_run([internal, spans.tool("bash", {}, "")])
    assert is_run([spans.started()])
    assert list(assemble_all([internal, aside])) == []


def test_seconds_without_the_runs_own_clock(spans: TraceBuilder) -> None:
    """They come from the root's times, or without a root from first start to last end."""
    tool, root = spans.tool("bash", {}, ""), spans.root()

    assert assemble([tool, root]).seconds == pytest.approx(0.5)
    assert assemble([tool, spans.chat("")]).seconds == pytest.approx(2.5)
    assert assemble([replace(root, end_ns=root.start_ns - 5)]).seconds == 0.0


def test_one_trace_at_a_time(spans: TraceBuilder) -> None:
    """No spans, or spans of two traces, are a caller's mistake."""
    with pytest.raises(ValueError, match="exactly one trace"):
        assemble([])
    with pytest.raises(ValueError, match="exactly one trace"):
        assemble([spans.root(), replace(spans.root(), trace_id="b" * 32)])


def test_traces_are_told_apart(spans: TraceBuilder) -> None:
    """Interleaved traces give their runs in the order of first appearance; evaluations give none."""
    other = replace(spans.root("passed"), trace_id="b" * 32)
    evaluation = Span(
        trace_id="c" * 32, span_id="1" * 16, parent_id=None, name=names.EVALUATION_SPAN, start_ns=0, end_ns=1,
        links=(SpanLink(trace_id=other.trace_id, span_id=other.span_id),),
    )  # fmt: skip

    runs = list(assemble_all([spans.chat("x"), other, evaluation, spans.root()]))

    assert [(run.run_id, run.outcome) for run in runs] == [
        (spans.trace_id, Outcome.FAILED),
        (other.trace_id, Outcome.PASSED),
    ]


def test_attributes_of_unexpected_types_do_no_harm(spans: TraceBuilder) -> None:
    """Numbers that came as text, and texts that came as lists, are read or left."""
    root = spans.root(score="0.5", run_attempt="x", run_seed=True, reason=("a", "b"))
    run = assemble([root])

    assert (run.score, run.attempt, run.seed) == (0.5, 1, 1)
    assert run.reason == "('a', 'b')"


def test_a_long_trace_is_read_quickly(spans: TraceBuilder) -> None:
    """Ten thousand spans in a chain of parents are no problem."""
    chain = [spans.span(span_id=f"{n:016x}", parent_id=f"{n - 1:016x}") for n in range(1, 10_000)]

    assert len(assemble(chain).spans) == 9_999


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_any_attributes_make_a_run(data: st.DataObject) -> None:
    """Every attribute that is read may hold anything at all."""
    keys = [value for key, value in vars(names).items() if key.isupper() and "." in value]
    values = st.text(max_size=5) | st.integers() | st.floats() | st.booleans() | st.just(("a", "b"))
    attributes = st.dictionaries(st.sampled_from(keys), values)
    builder = TraceBuilder()
    trace = [builder.span(attributes=data.draw(attributes)) for _ in range(3)]
    operations = ("invoke_agent", "chat", "execute_tool")
    trace = [
        replace(span, attributes={**span.attributes, names.OPERATION: operation})
        for span, operation in zip(trace, operations, strict=True)
    ]
    run = assemble(trace)

    assert run.root == trace[0]
    assert (len(run.model_calls), len(run.tool_calls)) == (1, 1)
    assert run.outcome in set(Outcome)
    assert run.seconds >= 0
    assert waterfall(run)
