"""Spans of Google's Agent Development Kit become calls and tools."""

from __future__ import annotations

import json
from collections.abc import Callable

from traces import attributes as names
from traces.dialects.google_adk import GoogleAdk
from traces.normal import assemble
from traces.run import Run
from traces.span import Span

MakeSpan = Callable[..., Span]
P = "gcp.vertex.agent."
REQUEST = {
    "model": "gemini-x",
    "config": {
        "system_instruction": "You know charts.",
        "tools": [{"function_declarations": [{"name": "ls"}]}],
    },
    "contents": [{"role": "user", "parts": [{"text": "list all"}]}],
}
RESPONSE = {
    "content": {
        "role": "model",
        "parts": [{"function_call": {"id": "c1", "name": "ls", "args": {"all": True}}}],
    },
    "finish_reason": "STOP",
    "usage_metadata": {
        "prompt_token_count": 1820,
        "candidates_token_count": 13,
        "thoughts_token_count": 7,
        "cached_content_token_count": 1024,
    },
}
CALL = {
    "gen_ai.system": "gcp.vertex.agent",
    "gen_ai.request.model": "gemini-x",
    "gen_ai.response.finish_reasons": '["stop"]',
    "gen_ai.usage.input_tokens": 1820,
    "gen_ai.usage.output_tokens": 13,
    P + "session_id": "ctx-1",
    P + "event_id": "e1",
    P + "llm_request": json.dumps(REQUEST),
    P + "llm_response": json.dumps(RESPONSE),
}
TOOL = {
    names.OPERATION: "execute_tool",
    names.TOOL_NAME: "ls",
    names.TOOL_CALL_ID: "c1",
    P + "tool_call_args": "{}",
}


def _run(*spans: Span) -> Run:
    return assemble([found for span in spans for found in GoogleAdk().translate(span)])


def test_a_model_call(span: MakeSpan) -> None:
    """Everything is in the JSON of request and response; thoughts are part of the output."""
    run = _run(span(CALL, name="call_llm"))
    call = run.model_calls[0]

    assert (call.model, call.tool_names, call.finish_reason) == ("gemini-x", ("ls",), "stop")
    assert (call.usage.input_tokens, call.usage.output_tokens) == (1820, 20)
    assert (call.usage.cached_tokens, call.usage.reasoning_tokens) == (1024, 7)
    assert (run.conversation, run.source) == ("ctx-1", "google-adk")
    asked = json.loads(str(run.spans[0].attributes[names.INPUT_MESSAGES]))
    assert [message["role"] for message in asked] == ["system", "user"]
    assert run.spans[0].attributes[P + "event_id"] == "e1"
    assert P + "llm_request" not in run.spans[0].attributes


def test_redacted_content_leaves_what_the_span_says(span: MakeSpan) -> None:
    """Without content the tokens of the attributes count."""
    call = _run(
        span({**CALL, P + "llm_request": "{}", P + "llm_response": "{}"}, name="call_llm")
    ).model_calls[0]

    assert (call.model, call.text, call.usage.input_tokens, call.usage.output_tokens) == (
        "gemini-x",
        "",
        1820,
        13,
    )


def test_tools(span: MakeSpan) -> None:
    """What they said is taken out of the wrapping; an error is told by the wrapping alone."""
    answers = {
        "a.py": {"content": [{"type": "text", "text": "a.py"}], "isError": False},
        "no": {"content": [{"type": "text", "text": "no"}], "isError": True},
        "bare": {"result": "bare"},
        '{"rows": 3}': {"rows": 3},
    }
    spans = [
        span({**TOOL, names.TOOL_CALL_ID: text, P + "tool_response": json.dumps(told)})
        for text, told in answers.items()
    ]
    calls = _run(*spans).tool_calls

    assert [call.result for call in calls] == list(answers)
    assert [call.error for call in calls] == [None, "tool_error", None, None]
    assert {call.name for call in calls} == {"ls"}


def test_the_span_of_parallel_calls_repeats_them(span: MakeSpan) -> None:
    """It is kept, but is no call."""
    merged = span({**TOOL, names.TOOL_NAME: "(merged tools)"}, name="execute_tool (merged)")
    [found] = GoogleAdk().translate(merged)

    assert names.OPERATION not in found.attributes
    assert found.attributes[names.ASIDE] == "merged"


def test_a_call_told_by_three_layers_counts_once(span: MakeSpan) -> None:
    """The kit, its model layer and the client library tell of it; the tool below them is a step of its own."""
    agent = span({names.OPERATION: "invoke_agent", names.AGENT_NAME: "helm"}, name="invoke_agent helm")
    outer = span(CALL, name="call_llm", parent=agent)
    middle = span(
        {
            names.OPERATION: "generate_content",
            P + "event_id": "e",
            names.INPUT_TOKENS: 1820,
            names.OUTPUT_TOKENS: 13,
        },
        parent=outer,
    )
    inner = span({names.OPERATION: "chat", names.INPUT_TOKENS: 1820, names.OUTPUT_TOKENS: 13}, parent=middle)
    tool = span({**TOOL, P + "tool_response": "{}"}, parent=middle)
    run = _run(outer, middle, tool, agent, inner)

    assert [step.span_id for step in run.steps] == [inner.span_id, tool.span_id]
    assert run.usage.input_tokens == 1820
    assert run.agent == "helm"


def test_hostile_json(span: MakeSpan) -> None:
    """Wrong types anywhere give a call without content."""
    for request, response in (
        ("[]", "7"),
        ('{"config": 1, "contents": {}}', '{"content": [], "usage_metadata": "x"}'),
    ):
        run = _run(span({**CALL, P + "llm_request": request, P + "llm_response": response}))
        assert run.model_calls[0].usage.input_tokens == 1820
