"""LiteLLM's calls, each in a trace of its own, become runs with tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from traces import attributes as names
from traces.dialects.litellm import LiteLlm
from traces.normal import assemble_all
from traces.run import Run
from traces.span import Span

MakeSpan = Callable[..., Span]
Message = dict[str, Any]
PROCESS = {"service.name": "litellm", "service.instance.id": "p-1"}
BEGINNING: list[Message] = [
    {"role": "system", "parts": [{"type": "text", "content": "You are a coder."}]},
    {"role": "user", "parts": [{"type": "text", "content": "Repair it"}]},
]


def _asked(call_id: str, command: str) -> Message:
    """An answer of the model as the next request repeats it: OpenAI's calls beside empty parts."""
    function = {"name": "bash", "arguments": json.dumps({"command": command})}
    return {"role": "assistant", "parts": [], "tool_calls": [{"id": call_id, "function": function}]}


def _told(call_id: str, code: int, output: str) -> Message:
    text = json.dumps({"returncode": code, "output": output})
    return {"role": "tool", "parts": [{"type": "text", "content": text}], "tool_call_id": call_id}


def _call(span: MakeSpan, number: int, messages: list[Message], **more: Any) -> Span:
    usage = {
        "completion_tokens_details": {"reasoning_tokens": 16 + number},
        "prompt_tokens_details": {"cached_tokens": 100 * number},
    }
    found = {
        "litellm.call_id": f"id-{number}",
        "gen_ai.system": "openai",
        names.OPERATION: "chat",
        names.REQUEST_MODEL: "m-1",
        names.INPUT_TOKENS: 1200 + 350 * number,
        names.OUTPUT_TOKENS: 60 + 7 * number,
        names.FINISH_REASONS: '["tool_calls"]',
        names.INPUT_MESSAGES: json.dumps(messages),
        names.OUTPUT_MESSAGES: json.dumps(
            [{"role": "assistant", "parts": [], "finish_reason": "tool_calls"}]
        ),
        "gen_ai.completion.0.function_call.name": "bash",
        "gen_ai.completion.0.function_call.arguments": '{"command": "ls"}',
        "llm.request.functions.0.name": "bash",
        "metadata.usage_object": str(usage),
        "metadata.user_api_key_hash": "",
        "metadata.team_id": "None",
        "hidden_params": '{"response_cost": 0.25}',
    }
    return span({**found, **more}, name="litellm_request", trace_id=f"{number + 1:032x}", resource=PROCESS)


def _conversation(span: MakeSpan) -> list[Span]:
    first = [_asked("c1", "make"), _told("c1", 2, "no rule")]
    second = [_asked("c2", "ls"), _told("c2", 0, "a.py")]
    histories = [BEGINNING, BEGINNING + first, BEGINNING + first + second]
    return [_call(span, number, messages) for number, messages in enumerate(histories)]


def _runs(spans: list[Span]) -> list[Run]:
    return list(assemble_all([found for span in spans for found in LiteLlm().translate(span) or (span,)]))


def test_the_calls_of_a_run_come_together(span: MakeSpan) -> None:
    """One run of three traces: calls, tools in between, tokens, exit codes."""
    [run] = _runs(_conversation(span))

    assert run.root is not None
    assert [type(step).__name__ for step in run.steps] == [
        "ModelCall",
        "ToolCall",
        "ModelCall",
        "ToolCall",
        "ModelCall",
    ]
    assert [(call.arguments["command"], call.exit_code) for call in run.tool_calls] == [
        ("make", 2),
        ("ls", 0),
    ]
    assert [call.tool_names for call in run.model_calls] == [("bash",)] * 3
    assert (run.usage.input_tokens, run.usage.output_tokens) == (1200 + 1550 + 1900, 60 + 67 + 74)
    assert (run.usage.cached_tokens, run.usage.reasoning_tokens, run.usage.cost_usd) == (300, 51, 0.75)
    assert run.seconds == 2.5
    assert run.source == "litellm"


def test_neither_order_nor_repetition_matters(span: MakeSpan) -> None:
    """Calls that arrive backwards, twice and in other requests give the same run."""
    calls = _conversation(span)

    assert _runs(calls[::-1] + calls) == _runs(calls)


def test_where_a_call_came_from_is_kept(span: MakeSpan) -> None:
    """Its own trace and span id stay on it; empty fields do not."""
    call = _conversation(span)[1]
    moved = (LiteLlm().translate(call) or ())[-1]

    assert (moved.attributes[names.SOURCE_TRACE], moved.attributes[names.SOURCE_SPAN]) == (
        call.trace_id,
        call.span_id,
    )
    assert moved.trace_id != call.trace_id
    assert not {"metadata.user_api_key_hash", "metadata.team_id"} & moved.attributes.keys()
    assert "gen_ai.completion.0.function_call.name" not in moved.attributes


def test_what_tells_runs_apart(span: MakeSpan) -> None:
    """Another process, another task, another session."""
    call = _call(span, 0, BEGINNING)
    others = [
        replace(call, resource={**PROCESS, "service.instance.id": "p-2"}),
        _call(span, 0, [BEGINNING[0], {"role": "user", "parts": [{"type": "text", "content": "Another"}]}]),
        _call(span, 0, BEGINNING, **{"metadata.session_id": "s"}),
    ]

    assert len({run.run_id for run in _runs([call, *others])}) == 4


def test_a_call_in_somebodys_trace_stays_there(span: MakeSpan) -> None:
    """Its parents know the run; its tools are theirs to tell."""
    agent = span({names.OPERATION: "invoke_agent"})
    call = replace(_conversation(span)[1], trace_id=agent.trace_id, parent_id=agent.span_id)
    [run] = _runs([agent, call])

    assert (run.run_id, len(run.model_calls), run.tool_calls) == (agent.trace_id, 1, ())


def test_nothing_joins_calls_without_content(span: MakeSpan) -> None:
    """Redacted, missing, without a user or cut messages: each call stays a run of its own."""
    redacted = [{"role": "user", "parts": [{"type": "text", "content": "redacted-by-litellm"}]}]
    texts = [json.dumps(redacted), "", json.dumps(BEGINNING[:1]), '[{"role": "us']
    calls = [_call(span, n, [], **{names.INPUT_MESSAGES: text}) for n, text in enumerate(texts)]

    assert [run.run_id for run in _runs(calls)] == [call.trace_id for call in calls]


def test_the_raw_request_passes(span: MakeSpan) -> None:
    """It says the same again and stays in its own trace, which is no run."""
    raw = span({"llm.openai.messages": "[]", "hidden_params": "{}"}, name="raw_gen_ai_request")

    assert LiteLlm().translate(raw) is None
    assert _runs([raw]) == []


def test_older_versions_flatten_everything(span: MakeSpan) -> None:
    """Messages under numbers join calls as well."""
    old = {
        "llm.is_streaming": "False", "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Repair it",
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Done",
    }  # fmt: skip
    [run] = _runs([span(old, name="litellm_request", trace_id=f"{n + 1:032x}") for n in range(2)])

    assert [call.text for call in run.model_calls] == ["Done", "Done"]


def test_results_of_calls_that_nobody_made(span: MakeSpan) -> None:
    """An answer without its call, or without an id, is no tool call."""
    stray = [*BEGINNING, _asked("", "ls"), _told("", 0, ""), _told("c9", 0, "")]

    assert _runs([_call(span, 1, stray)])[0].tool_calls == ()
