"""LangSmith's runs become calls and tools."""

from __future__ import annotations

import json
from collections.abc import Callable

from traces import attributes as names
from traces.dialects.langsmith import LangSmith
from traces.normal import assemble
from traces.run import Run
from traces.span import Span

MakeSpan = Callable[..., Span]
KIND = "langsmith.span.kind"
ANSWER = {"message": {"lc": 1, "id": ["x", "AIMessage"], "kwargs": {"content": "I will look."}}}
CALL = {
    KIND: "llm",
    "langsmith.trace.name": "ChatOpenAI",
    names.OPERATION: "chat",
    "gen_ai.system": "openai",
    "gen_ai.request.model": "gpt-x",
    "gen_ai.prompt": json.dumps(
        {"messages": [[{"lc": 1, "id": ["x", "HumanMessage"], "kwargs": {"content": "go"}}]]}
    ),
    "gen_ai.completion": json.dumps({"generations": [[ANSWER]]}),
    "gen_ai.usage.input_tokens": 1550,
    "gen_ai.usage.output_tokens": 67,
    "gen_ai.usage.input_token_details": "{'cache_read': 1280}",
    "gen_ai.usage.output_token_details": "{'reasoning': 17}",
    "langsmith.metadata.thread_id": "t-1",
}


def _run(*spans: Span) -> Run:
    return assemble([found for span in spans for found in LangSmith().translate(span)])


def test_a_model_call(span: MakeSpan) -> None:
    """Inputs and outputs are the messages; the details of the tokens are Python's own notation."""
    run = _run(span(CALL))
    call, found = run.model_calls[0], run.spans[0].attributes

    assert (call.model, call.text, run.conversation, run.source) == (
        "gpt-x",
        "I will look.",
        "t-1",
        "langsmith",
    )
    assert (call.usage.input_tokens, call.usage.output_tokens) == (1550, 67)
    assert (call.usage.cached_tokens, call.usage.reasoning_tokens) == (1280, 17)
    assert json.loads(str(found[names.INPUT_MESSAGES]))[0]["role"] == "user"
    assert "gen_ai.prompt" not in found


def test_an_openai_client(span: MakeSpan) -> None:
    """Wrapped clients send the request and the response as they are."""
    call = {"id": "c1", "function": {"name": "bash", "arguments": "{}"}}
    choice = {
        "message": {"role": "assistant", "content": "ok", "tool_calls": [call]},
        "finish_reason": "tool_calls",
    }
    done = _run(span({**CALL, "gen_ai.completion": json.dumps({"choices": [choice]})})).model_calls[0]

    assert (done.text, done.tool_names, done.finish_reason) == ("ok", ("bash",), "tool_calls")


def test_chains_and_prompts_are_no_steps(span: MakeSpan) -> None:
    """They call themselves operations: a prompt template even a chat."""
    chain = span({KIND: "chain", names.OPERATION: "chain"}, name="coder")
    prompt = span({KIND: "prompt", names.OPERATION: "chat"}, parent=chain)
    retriever = span({KIND: "retriever", names.OPERATION: "embeddings"}, parent=chain)
    run = _run(chain, prompt, retriever, span(CALL, parent=chain))

    assert run.root is not None
    assert (run.root.span_id, len(run.steps)) == (chain.span_id, 1)


def test_an_agent_stays_an_agent(span: MakeSpan) -> None:
    """Where an exporter says so in today's words."""
    run = _run(span({KIND: "chain", names.OPERATION: "invoke_agent", names.AGENT_NAME: "coder"}))

    assert (run.agent, run.source) == ("coder", "langsmith")


def test_a_tool(span: MakeSpan) -> None:
    """Arguments, call id and answer are unwrapped from LangChain's inputs and outputs."""
    message = {"lc": 1, "id": ["x", "ToolMessage"], "kwargs": {"content": "a.py", "tool_call_id": "c1"}}
    tool = {
        KIND: "tool", "langsmith.trace.name": "ls", "gen_ai.prompt": json.dumps({"input": "{'path': '.'}"}),
        "gen_ai.completion": json.dumps({"output": message}),
    }  # fmt: skip
    call = _run(span(tool)).tool_calls[0]

    assert (call.name, call.call_id, call.arguments, call.result) == ("ls", "c1", {"path": "."}, "a.py")


def test_a_plain_function_as_a_tool(span: MakeSpan) -> None:
    """Its arguments are the inputs; its value is the output."""
    tool = {KIND: "tool", names.TOOL_NAME: "add", "gen_ai.prompt": '{"a": 1, "b": 2}'}
    calls = _run(
        span({**tool, "gen_ai.completion": '{"output": 3}'}), span({**tool, "gen_ai.completion": "[cut"})
    ).tool_calls

    assert [call.arguments for call in calls] == [{"a": 1, "b": 2}] * 2
    assert [call.result for call in calls] == ["3", "[cut"]
