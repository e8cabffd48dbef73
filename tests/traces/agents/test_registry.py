"""No agent's translator falls over anything, and no two claim the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.agents.registry import AGENTS
from traces.agents.telemetry import AgentTelemetry, Told
from traces.codec import decode_span, encode_span
from traces.otlp.log_record import LogRecord
from traces.span import Span

_EVENTS = (
    "codex.user_prompt", "codex.api_request", "codex.sse_event", "codex.tool_decision", "codex.tool_result",
    "gemini_cli.api_response", "gemini_cli.api_error", "gemini_cli.tool_call", "gemini_cli.user_prompt",
    "gen_ai.client.inference.operation.details", "claude_code.api_request", "claude_code.tool_result",
    "claude_code.tool_decision", "claude_code.assistant_response", "claude_code.api_response_body", "",
)  # fmt: skip
_KEYS = (
    "conversation.id", "session.id", "call_id", "tool_name", "arguments", "output", "success", "duration_ms", "event.kind",
    "input_token_count", "output_token_count", "function_name", "function_args", "metadata", "response_text", "error.message",
    "tool_use_id", "input_tokens", "request_id", "body", "response", "tool_input", "event.timestamp", "status_code",
    "finish_reasons", "event.sequence", "gen_ai.conversation.id", "gen_ai.operation.name", "gen_ai.input.messages",
    "gen_ai.output.messages", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "prompt", "decision", "agent_name",
)  # fmt: skip
_TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["response.completed", "reject", "false", "\ud800", "[" * 3000, '{"args":{"a":1}}', '[{"parts":[{"text":"x"}]}]', '{"exitCode":NaN}', "1e400", "9" * 5000]),
)  # fmt: skip
_VALUES = st.one_of(
    _TEXTS, st.integers(), st.floats(), st.booleans(), st.lists(_TEXTS, max_size=2).map(tuple)
)
_ATTRIBUTES = st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=12)
_TIMES = st.integers(min_value=0, max_value=(1 << 63) - 1)
_RECORDS = st.builds(
    LogRecord,
    time_ns=_TIMES,
    name=st.sampled_from(_EVENTS),
    attributes=_ATTRIBUTES,
    span_id=st.sampled_from(["", "a" * 16]),
    scope=st.sampled_from(["", "gemini-cli", "opencode"]),
)
_SPANS = st.builds(
    Span,
    trace_id=st.just("a" * 32),
    span_id=st.sampled_from(["1" * 16, "2" * 16]),
    parent_id=st.sampled_from([None, "1" * 16]),
    name=st.sampled_from(
        ["llm_call", "tool_call", "schedule_tool_calls", "claude_code.tool", "claude_code.llm_request"]
    ),
    start_ns=_TIMES,
    end_ns=_TIMES,
    attributes=_ATTRIBUTES,
    scope=st.sampled_from(["", "gemini-cli"]),
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(_RECORDS, max_size=5))
def test_any_records_are_told_dropped_or_left(records: list[LogRecord]) -> None:
    """Each by at most one agent, the same each time, and everything that is told can be stored."""
    told = [agent.from_logs(records) for agent in AGENTS]

    claimed = [index for one in told for index in (*one.used, *one.dropped)]
    assert len(claimed) == len(set(claimed))
    assert [_ids(agent.from_logs(records)) for agent in AGENTS] == [_ids(one) for one in told]
    for span in (span for one in told for span in one.spans):
        assert decode_span(encode_span(span)).span_id == span.span_id
        assert span.start_ns <= span.end_ns


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(_SPANS, max_size=5))
def test_any_spans_are_told_or_left(spans: list[Span]) -> None:
    """None is lost: what an agent takes it gives back, in its run or as it was."""
    for agent in AGENTS:
        told = agent.from_spans(spans)
        ids = {span.trace_id for span in told.spans}

        assert bool(ids) == bool(told.used)
        for span in told.spans:
            assert decode_span(encode_span(span)).span_id == span.span_id


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_nothing_tells_nothing(agent: AgentTelemetry) -> None:
    """An empty batch, as exporters send when they end."""
    assert list(agent.from_logs([]).spans) == []
    assert list(agent.from_spans([]).spans) == []


def test_names_are_different() -> None:
    """They tell runs apart by where they came from."""
    assert [agent.name for agent in AGENTS] == ["codex", "gemini-cli", "claude-code", "opencode"]


def _ids(told: Told) -> list[tuple[str, str]]:
    return [(span.trace_id, span.span_id) for span in told.spans]
