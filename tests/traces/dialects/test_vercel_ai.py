"""Spans of Vercel's AI SDK, and of what OpenCode makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from traces import attributes as names
from traces.dialects.vercel_ai import VercelAi
from traces.normal import assemble
from traces.run import Run
from traces.span import Span, SpanEvent

MakeSpan = Callable[..., Span]
OUTER = {
    "ai.operationId": "ai.streamText",
    "ai.usage.inputTokens": 1550,
    "session.id": "ses_1",
    "ai.prompt": "{}",
}
INNER = {
    "ai.operationId": "ai.streamText.doStream",
    "ai.model.provider": "scripted.chat",
    "ai.prompt.messages": json.dumps(
        [
            {"role": "system", "content": "You are a coding agent."},
            {"role": "user", "content": [{"type": "text", "text": "Repair it"}]},
        ]
    ),
    "ai.prompt.tools": ('{"type": "function", "name": "bash"}',),
    "ai.response.text": "I will look.",
    "ai.response.reasoning": "hm",
    "ai.response.toolCalls": json.dumps(
        [{"toolCallId": "c1", "toolName": "bash", "input": {"command": "ls"}}]
    ),
    "ai.response.finishReason": "tool-calls",
    "ai.usage.inputTokens": 1550,
    "ai.usage.outputTokens": 67,
    "ai.usage.cachedInputTokens": 1280,
    "ai.usage.reasoningTokens": 17,
    "gen_ai.system": "scripted.chat",
    "gen_ai.request.model": "m-1",
    "gen_ai.response.finish_reasons": ("tool-calls",),
    "gen_ai.usage.input_tokens": 1550,
    "gen_ai.usage.output_tokens": 67,
    "session.id": "ses_1",
}


def _tool(name: str, arguments: object, result: object = None) -> dict[str, str]:
    found = {"ai.operationId": "ai.toolCall", "ai.toolCall.name": name, "ai.toolCall.id": "c1"}
    found["ai.toolCall.args"] = json.dumps(arguments)
    return found if result is None else {**found, "ai.toolCall.result": json.dumps(result)}


def _run(*spans: Span) -> Run:
    return assemble([found for span in spans for found in VercelAi().translate(span)])


def test_only_the_inner_call_counts(span: MakeSpan) -> None:
    """The outer call repeats its usage; it is the root where nothing else is."""
    outer = span(OUTER, name="ai.streamText")
    run = _run(span(INNER, name="ai.streamText.doStream", parent=outer), outer)
    call = run.model_calls[0]

    assert run.root is not None
    assert (run.root.span_id, len(run.model_calls), run.usage.input_tokens) == (outer.span_id, 1, 1550)
    assert (call.model, call.text, call.tool_names, call.finish_reason) == (
        "m-1",
        "I will look.",
        ("bash",),
        "tool-calls",
    )
    assert (call.usage.output_tokens, call.usage.cached_tokens, call.usage.reasoning_tokens) == (67, 1280, 17)
    assert (run.source, run.conversation) == ("vercel-ai", "ses_1")
    translated = next(one for one in run.spans if one.span_id == call.span_id).attributes
    assert json.loads(str(translated[names.TOOL_DEFINITIONS]))[0]["name"] == "bash"
    assert not any(key.startswith("ai.prompt") for key in translated)


def test_older_names_of_tokens(span: MakeSpan) -> None:
    """Version 4 says promptTokens and completionTokens; an object is an answer too."""
    old = {
        "ai.operationId": "ai.generateObject.doGenerate", "ai.usage.promptTokens": 63,
        "ai.usage.completionTokens": 156, "ai.response.object": '{"a": 1}',
    }  # fmt: skip
    call = _run(span(old)).model_calls[0]

    assert (call.text, call.usage.input_tokens, call.usage.output_tokens) == ('{"a": 1}', 63, 156)


def test_a_title_is_no_step(span: MakeSpan) -> None:
    """Making up the conversation's title is set aside; a task about titles is not."""
    prompt = [{"role": "system", "content": "You are a title generator. You output ONLY a thread title."}]
    titled = {"ai.operationId": INNER["ai.operationId"], "ai.prompt.messages": json.dumps(prompt)}
    [found] = VercelAi().translate(span(titled))
    asked = json.dumps(
        [
            {"role": "system", "content": "You are a coder. " * 30},
            {"role": "user", "content": "fix my title generator"},
        ]
    )

    assert names.OPERATION not in found.attributes
    assert found.attributes[names.ASIDE] == "title"
    assert len(_run(span({**titled, "ai.prompt.messages": asked})).model_calls) == 1
    assert len(_run(span({**titled, "ai.prompt.tools": ("{}",)})).model_calls) == 1


def test_a_tool(span: MakeSpan) -> None:
    """OpenCode's result holds the text that the model saw, and the exit code beside it."""
    result = {"title": "make", "output": "no rule\n", "metadata": {"exit": 2, "output": "no rule\n"}}
    run = _run(span(_tool("bash", {"command": "make"}, result)))
    tool = run.tool_calls[0]

    assert (tool.name, tool.call_id, tool.arguments) == ("bash", "c1", {"command": "make"})
    assert (tool.result, tool.exit_code, tool.error) == ("no rule\n", 2, None)
    assert "metadata" in str(run.spans[0].attributes["ai.toolCall.result"])


def test_results_of_other_shapes(span: MakeSpan) -> None:
    """A text loses its quotes, a structure stays JSON, odd exit codes are none."""
    odd = {"output": "x", "metadata": {"exit": True}}
    results = [_run(span(_tool("bash", {}, result))).tool_calls[0] for result in ("sunny", {"rain": 1}, odd)]

    assert [tool.result for tool in results] == ["sunny", '{"rain": 1}', "x"]
    assert [tool.exit_code for tool in results] == [None, None, None]


def test_an_invalid_call_gets_its_name_back(span: MakeSpan) -> None:
    """An unknown tool, or one whose arguments were no JSON, runs as ``invalid``: the name and the error return."""
    stand_in = {"tool": "open_file", "error": "Model tried to call unavailable tool 'open_file'."}
    calls = json.dumps([{"toolCallId": "c1", "toolName": "invalid", "input": stand_in}])
    run = _run(
        span({**INNER, "ai.response.toolCalls": calls}), span(_tool("invalid", stand_in, {"output": "?"}))
    )

    assert run.model_calls[0].tool_names == ("open_file",)
    assert run.tool_calls[0].name == "open_file"
    assert run.tool_calls[0].error == "invalid_tool_call: Model tried to call unavailable tool 'open_file'."


def test_a_tool_that_is_really_called_invalid(span: MakeSpan) -> None:
    """Without the original name among its arguments, it is what it says."""
    tool = _run(span(_tool("invalid", {"a": 1}, "ok"))).tool_calls[0]

    assert (tool.name, tool.error) == ("invalid", None)


def test_a_tool_that_threw(span: MakeSpan, exception: Callable[[str, str], SpanEvent]) -> None:
    """The exception is the error; there is no result."""
    failed = span(_tool("read", {}), status="error", events=(exception("Error", "File not found: a.py"),))

    assert _run(failed).tool_calls[0].error == "Error: File not found: a.py"


def test_embeddings_and_broken_json_do_no_harm(span: MakeSpan) -> None:
    """What is no step passes, and what cannot be read is left out."""
    broken = dict.fromkeys(("ai.prompt.messages", "ai.response.toolCalls", "ai.toolCall.result"), "[{")
    run = _run(
        span({"ai.operationId": "ai.embed", "ai.usage.tokens": 3}), span({**INNER, **broken}),
        span({**_tool("bash", 7), **broken}),
    )  # fmt: skip

    assert (len(run.model_calls), run.model_calls[0].tool_names, run.tool_calls[0].result) == (1, (), "[{")


def test_opencode_gets_a_root(span: MakeSpan) -> None:
    """Each call brings its version: it spans all calls, names the agent, and the session above a sub-agent's."""
    parent = {"ai.request.headers.x-parent-session-id": "ses_0"}
    calls = [
        span({**INNER, **more}, resource={"service.version": "1.2"})
        for more in ({"session.id": "ses_0"}, parent)
    ]
    run = _run(*[replace(call, scope="opencode", parent_id="9" * 16) for call in calls])

    assert run.root is not None
    assert (run.root.start_ns, run.root.end_ns) == (calls[0].start_ns, calls[1].end_ns)
    assert (run.source, run.agent, run.conversation) == ("opencode", "opencode", "ses_0")
    assert run.root.attributes[names.AGENT_VERSION] == "1.2"
    assert (len(run.model_calls), run.usage.input_tokens) == (2, 3100)
