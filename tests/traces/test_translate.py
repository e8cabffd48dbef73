"""What arrives is translated by the one who knows it, and by nobody else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces import attributes as names
from traces.dialects.all_dialects import DIALECTS
from traces.normal import assemble_all
from traces.otlp.log_record import LogRecord
from traces.span import AttributeValue, Span, SpanEvent
from traces.testing import TraceBuilder
from traces.translate import translate_logs, translate_spans

_MARKERS = sorted({marker for dialect in DIALECTS for marker in dialect.markers})
_SAID = [
    *_MARKERS, "llm.input_messages.0.message.role", "llm.output_messages.0.message.tool_calls.0.tool_call.id",
    "input.value", "output.value", "metadata", "ai.prompt.messages", "ai.toolCall.args", "ai.toolCall.result",
    "ai.toolCall.name", "ai.response.toolCalls", "gen_ai.prompt.0.tool_calls.0.arguments", "traceloop.entity.input",
    "gen_ai.completion.0.content", "metadata.usage_object", names.INPUT_MESSAGES, names.OUTPUT_MESSAGES,
    names.OPERATION, names.INPUT_TOKENS, "trace.evaluations.0.evaluation.label", "evaluations.0.evaluation.name",
]  # fmt: skip
_TEXTS = [
    "LLM", "TOOL", "AGENT", "CHAIN", "tool", "chat", "execute_tool", "ai.toolCall", "ai.generateText.doGenerate",
    "{", "[]", "{}", "null", '[{"role": 1, "parts": 2}]', '{"messages": [[1, "a", {}]], "tool_calls": 3}', "1e999",
    '{"content": {"parts": [{"function_call": 1}]}, "usage_metadata": []}', "{'a': 1}", "\ud800", '{"output": {}}',
    '[{"role": "tool", "tool_call_id": [], "content": [{"type": 3}]}]', "[" * 3000, '{"generations": [1, [2]]}',
]  # fmt: skip
_VALUES = (
    st.sampled_from(_TEXTS)
    | st.text(max_size=5)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.just(("a", "{"))
    | st.just((1, 2))
)


def test_todays_spans_pass_unchanged(spans: TraceBuilder) -> None:
    """The very same objects in the same order, and so does what is nobody's."""
    trace = [
        spans.chat("x"),
        spans.tool("bash", {}, ""),
        spans.span("GET /", attributes={"http.url": "x"}),
        spans.root(),
    ]
    translated = translate_spans(trace)

    assert all(one is other for one, other in zip(translated, trace, strict=True))


def test_the_more_particular_dialect_reads_a_span(spans: TraceBuilder) -> None:
    """Several dialects' names on one span: it is read once."""
    both: dict[str, AttributeValue] = {
        "openinference.span.kind": "LLM",
        "gen_ai.system": "openai",
        "llm.token_count.prompt": 5,
    }
    [found] = translate_spans([spans.span(attributes=both)])

    assert (found.attributes[names.SOURCE], found.attributes[names.INPUT_TOKENS]) == ("openinference", 5)


def test_who_declines_leaves_it_to_the_next(spans: TraceBuilder) -> None:
    """A marker that two dialects share is no reason to lose the span."""
    shared: dict[str, AttributeValue] = {
        "llm.is_streaming": False,
        "llm.request.type": "chat",
        "gen_ai.usage.prompt_tokens": 5,
    }
    [found] = translate_spans([spans.span(attributes=shared)])

    assert (found.attributes[names.SOURCE], found.attributes[names.INPUT_TOKENS]) == ("traceloop", 5)


def test_translating_again_changes_nothing(spans: TraceBuilder) -> None:
    """What was stored translated and is sent on once more stays what it is."""
    tool = {"openinference.span.kind": "TOOL", "tool.name": "bash", "input.value": '{"command": "ls"}'}
    stand_in = {
        "ai.operationId": "ai.toolCall", "ai.toolCall.name": "invalid", "ai.toolCall.id": "c1",
        "ai.toolCall.args": '{"tool": "open_file", "error": "no such tool"}', "ai.toolCall.result": '"no"',
    }  # fmt: skip
    call = {
        "llm.request.type": "chat",
        "gen_ai.prompt.0.content": "go",
        "gen_ai.completion.0.content": "gone",
    }
    once = translate_spans([spans.span(attributes=said) for said in (tool, stand_in, call)])

    assert translate_spans(once) == once


def test_evaluations_become_spans_and_the_rest_is_counted() -> None:
    """Reasons hold nothing of what was sent."""
    trace_id = "a" * 32
    records = [
        LogRecord(
            time_ns=1,
            name="gen_ai.evaluation.result",
            attributes={names.EVALUATION_LABEL: "pass"},
            trace_id=trace_id,
        ),
        LogRecord(time_ns=2, name="gen_ai.evaluation.result"),
        LogRecord(time_ns=3, name="gen_ai.client.inference.operation.details", trace_id=trace_id),
        LogRecord(time_ns=4, name="secret of somebody", body="secret"),
        LogRecord(time_ns=5, name=""),
    ]
    translated = translate_logs(records)

    assert [span.name for span in translated.spans] == [names.EVALUATION_SPAN]
    assert sum(translated.dropped.values()) == 4
    assert translated.dropped["log record of no known agent"] == 2
    assert not any("secret" in reason for reason in translated.dropped)


def test_nothing_gives_nothing() -> None:
    """Empty batches are batches."""
    assert translate_spans([]) == []
    assert translate_logs([]).spans == []


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(_SAID), _VALUES, min_size=1, max_size=8), max_size=4),
    st.sampled_from(["x", "litellm_request", "execute_tool (merged)"]),
    st.dictionaries(
        st.sampled_from(["content", "message", "tool_calls", "gen_ai.event.content", "id"]), _VALUES
    ),
)
def test_whatever_is_sent_is_read(sent: list[dict[str, str]], name: str, said: dict[str, str]) -> None:
    """Every attribute of every dialect may hold anything; each span comes out, the same each time."""
    builder = TraceBuilder()
    names_of_events = ("gen_ai.choice", "gen_ai.tool.message", "exception")
    events = tuple(SpanEvent(name=event, time_ns=1, attributes=said) for event in names_of_events)
    trace: list[Span] = [builder.span(name, attributes=one, events=events, status="error") for one in sent]

    translated = translate_spans(trace)

    assert len(translated) >= len(trace)
    assert translate_spans(trace) == translated or "nan" in repr(translated)
    assert all(len(run.steps) <= len(translated) for run in assemble_all(translated))
