"""OpenInference's spans become calls, tools and agents."""

from __future__ import annotations

import json
from collections.abc import Callable

from traces import attributes as names
from traces.dialects.openinference import OpenInference
from traces.evaluations import evaluations_in
from traces.normal import assemble
from traces.outcome import Outcome
from traces.run import Run
from traces.span import Span, SpanEvent

MakeSpan = Callable[..., Span]
KIND = "openinference.span.kind"
LLM = {
    KIND: "LLM",
    "llm.model_name": "gpt-x",
    "llm.system": "openai",
    "llm.token_count.prompt": 1550,
    "llm.token_count.completion": 67,
    "llm.token_count.total": 1617,
    "llm.token_count.prompt_details.cache_read": 1280,
    "llm.token_count.completion_details.reasoning": 17,
    "llm.finish_reason": "tool_calls",
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": "You are a coder.",
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": "Repair it",
    "llm.input_messages.2.message.role": "tool",
    "llm.input_messages.2.message.tool_call_id": "c0",
    "llm.input_messages.2.message.content": "a.py",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "I will look.",
    "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "read_file",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"path": "a.py"}',
    "llm.tools.0.tool.json_schema": '{"name": "read_file"}',
    "input.value": "the raw request",
    "output.value": "the raw response",
    "session.id": "s-1",
}


def _read(span: Span) -> Span:
    [found] = OpenInference().translate(span)
    return found


def _run(*spans: Span) -> Run:
    return assemble([_read(span) for span in spans])


def test_a_model_call(span: MakeSpan) -> None:
    """Model, tokens, messages and tools under today's names; the flattened and raw copies are gone."""
    found = _read(span(LLM, name="ChatOpenAI"))
    call = assemble([found]).model_calls[0]

    assert (call.model, call.text, call.tool_names, call.finish_reason) == (
        "gpt-x", "I will look.", ("read_file",), "tool_calls",
    )  # fmt: skip
    assert (call.usage.input_tokens, call.usage.output_tokens) == (1550, 67)
    assert (call.usage.cached_tokens, call.usage.reasoning_tokens) == (1280, 17)
    assert found.attributes[names.PROVIDER] == "openai"
    assert found.attributes[names.CONVERSATION] == "s-1"
    assert found.attributes[names.SOURCE] == "openinference"
    assert json.loads(str(found.attributes[names.TOOL_DEFINITIONS])) == [{"name": "read_file"}]
    asked = json.loads(str(found.attributes[names.INPUT_MESSAGES]))
    assert [message["role"] for message in asked] == ["system", "user", "tool"]
    assert asked[2]["parts"] == [{"type": "tool_call_response", "id": "c0", "response": "a.py"}]
    assert not any(
        key.startswith(("llm.input", "llm.output", "llm.tools", "input.")) for key in found.attributes
    )
    assert found.attributes["llm.token_count.total"] == 1617


def test_a_model_call_with_raw_values_only(span: MakeSpan) -> None:
    """Without flattened messages the raw request and response are read, or stand as texts."""
    raw = {
        KIND: "LLM",
        "input.value": '{"messages": [{"role": "user", "content": "go"}]}',
        "output.value": '{"text": "gone", "finish_reason": "stop"}',
    }
    bare = {KIND: "LLM", "input.value": "go", "output.value": "{gone"}

    assert _run(span(raw)).model_calls[0].text == "gone"
    assert _run(span(bare)).model_calls[0].text == "{gone"


def test_a_tool_call_whose_arguments_were_no_json(span: MakeSpan) -> None:
    """LangChain hides it in the raw response; the model asked for it all the same."""
    hidden = {"name": "read_file", "args": '{"path": "a', "id": "c9", "type": "invalid_tool_call"}
    message = {"lc": 1, "id": ["x", "AIMessage"], "kwargs": {"content": "I", "invalid_tool_calls": [hidden]}}
    kept = {key: value for key, value in LLM.items() if "tool_calls" not in key}
    raw = {**kept, "output.value": json.dumps({"generations": [[{"message": message}]]})}

    call = _run(span(raw)).model_calls[0]

    assert call.tool_names == ("read_file",)


def test_a_tool(span: MakeSpan) -> None:
    """Name, arguments and result come from the tool's name, input and output."""
    given = {KIND: "TOOL", "tool.name": "run_command", "input.value": '{"command": "make"}'}
    tool = _run(span({**given, "output.value": "exit code 1\nno rule"})).tool_calls[0]

    assert (tool.name, tool.arguments, tool.exit_code) == ("run_command", {"command": "make"}, 1)
    assert tool.result == "exit code 1\nno rule"


def test_a_tool_of_langchain(span: MakeSpan) -> None:
    """A lone argument comes bare, the id and the text are inside the tool message."""
    message = {
        "type": "tool",
        "data": {"content": "exit code 0\nok", "tool_call_id": "c1", "status": "error"},
    }
    given = {
        KIND: "TOOL",
        "tool.name": "run_command",
        "input.value": "make",
        "output.value": json.dumps(message),
    }
    tool = _run(span(given)).tool_calls[0]

    assert (tool.call_id, tool.result, tool.exit_code, tool.error) == (
        "c1",
        "exit code 0\nok",
        0,
        "tool_error",
    )
    assert (tool.arguments, tool.arguments_text) == ({}, "make")


def test_arguments_as_a_python_literal(span: MakeSpan) -> None:
    """Older LangChain sends ``str(arguments)``."""
    given = {KIND: "TOOL", "input.value": "{'path': 'a.py', 'all': True}"}

    assert _run(span(given, name="ls")).tool_calls[0].arguments == {
        "path": "a.py", "all": True,
    }  # fmt: skip


def test_an_exception_is_the_error(span: MakeSpan, exception: Callable[[str, str], SpanEvent]) -> None:
    """Its type and message instead of a status that holds the whole stack."""
    failed = span(
        {KIND: "TOOL", "tool.name": "read_file"}, status="error", status_message="Traceback …\n" * 50,
        events=(exception("FileNotFoundError", "no such file"),),
    )  # fmt: skip

    assert _run(failed).tool_calls[0].error == "FileNotFoundError: no such file"


def test_agents_one_inside_the_other_are_one_run(span: MakeSpan) -> None:
    """The outermost is the root; an inner one may lend its name."""
    outer = span({KIND: "AGENT"}, name="Agent workflow")
    chain = span({KIND: "CHAIN"}, name="turn", parent=outer)
    inner = span({KIND: "AGENT", "agent.name": "coder"}, name="coder", parent=chain)
    call = span(LLM, parent=inner)
    run = _run(call, inner, chain, outer)

    assert run.root is not None
    assert run.root.span_id == outer.span_id
    assert (run.agent, run.source, run.conversation) == ("coder", "openinference", "s-1")
    assert run.usage.input_tokens == 1550


def test_chains_repeat_and_are_no_steps(span: MakeSpan) -> None:
    """A graph without an agent's span: the outermost chain is the root, and knows the agent's name."""
    graph = span({KIND: "CHAIN", "metadata": '{"lc_agent_name": "coder"}'}, name="coder")
    node = span({KIND: "CHAIN", "input.value": "all of it again"}, name="model", parent=graph)
    call = span(LLM, parent=node)
    run = _run(graph, node, call)

    assert run.root is not None
    assert (run.root.span_id, run.agent, len(run.steps)) == (graph.span_id, "coder", 1)


def test_evaluations_of_the_run(span: MakeSpan) -> None:
    """What is said of the trace is the run's; what is said of one step stays with the step."""
    said = {"evaluations.0.evaluation.name": "tests", "evaluations.0.evaluation.label": "fail"}
    root = _read(span({KIND: "AGENT", **said, "evaluations.0.evaluation.score": 0.0}))
    step = _read(span({**LLM, **said}, parent=root))
    [evaluation] = evaluations_in([root, step])

    assert (evaluation.name, evaluation.outcome, evaluation.score) == ("tests", Outcome.FAILED, 0.0)
    assert step.attributes["evaluations.0.evaluation.label"] == "fail"
