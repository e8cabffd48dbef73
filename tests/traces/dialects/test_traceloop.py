"""Traceloop's spans become calls, agents and tools."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from traces import attributes as names
from traces.dialects.traceloop import Traceloop
from traces.normal import assemble
from traces.run import Run
from traces.span import Span

MakeSpan = Callable[..., Span]
CALL = {
    "llm.request.type": "chat",
    "gen_ai.system": "openai",
    "gen_ai.request.model": "gpt-x",
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "Be brief.",
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": '[{"type": "text", "text": "list all"}]',
    "gen_ai.prompt.2.role": "assistant",
    "gen_ai.prompt.2.tool_calls.0.id": "c0",
    "gen_ai.prompt.2.tool_calls.0.name": "ls",
    "gen_ai.prompt.2.tool_calls.0.arguments": "{}",
    "gen_ai.prompt.3.role": "tool",
    "gen_ai.prompt.3.tool_call_id": "c0",
    "gen_ai.prompt.3.content": "a.py",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.finish_reason": "tool_calls",
    "gen_ai.completion.0.tool_calls.0.id": "c1",
    "gen_ai.completion.0.tool_calls.0.name": "read",
    "gen_ai.completion.0.tool_calls.0.arguments": '{"path": "a.py"}',
    "llm.request.functions.0.name": "read",
    "llm.request.functions.0.parameters": '{"type": "object"}',
    "gen_ai.usage.prompt_tokens": 1820,
    "gen_ai.usage.completion_tokens": 13,
    "gen_ai.usage.cache_read_input_tokens": 1024,
    "llm.usage.total_tokens": 1833,
    "llm.usage.reasoning_tokens": 5,
}


def _run(*spans: Span) -> Run:
    return assemble([found for span in spans for found in Traceloop().translate(span)])


def test_a_model_call(span: MakeSpan) -> None:
    """Messages, calls, answers, tools and tokens."""
    run = _run(span(CALL, name="openai.chat"))
    call, found = run.model_calls[0], run.spans[0].attributes
    asked = json.loads(str(found[names.INPUT_MESSAGES]))

    assert (call.model, call.tool_names, call.finish_reason) == ("gpt-x", ("read",), "tool_calls")
    assert (call.usage.input_tokens, call.usage.output_tokens) == (1820, 13)
    assert (call.usage.cached_tokens, call.usage.reasoning_tokens) == (1024, 5)
    assert [message["role"] for message in asked] == ["system", "user", "assistant", "tool"]
    assert asked[1]["parts"] == [{"type": "text", "content": "list all"}]
    assert asked[3]["parts"][0] == {"type": "tool_call_response", "id": "c0", "response": "a.py"}
    assert json.loads(str(found[names.TOOL_DEFINITIONS])) == [
        {"name": "read", "parameters": {"type": "object"}}
    ]
    assert not any(key.startswith("gen_ai.prompt.") for key in found)


@pytest.mark.parametrize(
    ("kind", "operation"),
    [("chat", "chat"), ("completion", "text_completion"), ("embedding", "embeddings"), ("rerank", "chat")],
)
def test_operations(span: MakeSpan, kind: str, operation: str) -> None:
    """By the type of the request."""
    assert _run(span({"llm.request.type": kind})).spans[0].attributes[names.OPERATION] == operation


def test_newer_spans_keep_their_messages(span: MakeSpan) -> None:
    """A span that says the old and the new has nothing to translate."""
    new = {"llm.request.type": "chat", names.OUTPUT_MESSAGES: '[{"role": "assistant", "content": "yes"}]'}

    assert _run(span(new)).model_calls[0].text == "yes"


def test_a_workflow_with_an_agent_and_a_tool(span: MakeSpan) -> None:
    """The agent is the root; workflow and task are no steps."""
    entity = "traceloop.entity."
    workflow = span({"traceloop.span.kind": "workflow", entity + "name": "main"})
    agent = span({"traceloop.span.kind": "agent", entity + "name": "coder"}, parent=workflow)
    task = span({"traceloop.span.kind": "task", entity + "name": "think"}, parent=agent)
    tool = span(
        {
            "traceloop.span.kind": "tool", entity + "name": "bash", "traceloop.association.properties.session_id": "s",
            entity + "input": '{"args": [], "kwargs": {"command": "ls"}}', entity + "output": '"a.py"',
        },
        parent=task,
    )  # fmt: skip
    run = _run(workflow, agent, task, tool, span(CALL, parent=task))

    assert run.root is not None
    assert (run.root.span_id, run.agent, run.conversation, run.source) == (
        agent.span_id,
        "coder",
        "s",
        "traceloop",
    )
    assert (run.tool_calls[0].name, run.tool_calls[0].arguments) == ("bash", {"command": "ls"})
    assert (run.tool_calls[0].result, len(run.steps)) == ("a.py", 2)


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ('{"inputs": {"path": "a"}, "input_str": "x"}', {"path": "a"}),
        ("{\"input_str\": \"{'path': 'a'}\"}", {"path": "a"}),
        ('{"args": [1], "kwargs": {"b": 2}}', {"args": [1], "kwargs": {"b": 2}}),
        ("not json", {}),
    ],
)
def test_arguments_of_a_tool(span: MakeSpan, given: str, arguments: dict[str, object]) -> None:
    """The decorator and the LangChain callback each wrap them in their way."""
    tool = {"traceloop.span.kind": "tool", "traceloop.entity.name": "x", "traceloop.entity.input": given}

    assert _run(span(tool)).tool_calls[0].arguments == arguments


def test_results_of_a_tool(span: MakeSpan) -> None:
    """A LangChain message gives its content, other structures stay."""
    outputs = ['{"output": {"kwargs": {"content": "a.py"}}}', '{"output": "a.py"}', '{"rows": 1}', "plain"]
    tools = [span({"traceloop.span.kind": "tool", "traceloop.entity.output": text}) for text in outputs]

    assert [call.result for call in _run(*tools).tool_calls] == ["a.py", "a.py", '{"rows": 1}', "plain"]
