"""OpenCode's exports: messages of parts, their tokens, costs and states of tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.importer import Skipped, Source
from traces.importers.opencode_export import OpenCodeExport
from traces.messages import parse_messages
from traces.normal import assemble_all
from traces.outcome import Outcome
from traces.run import Run
from traces.span import Span

SourceOf = Callable[..., Source]
Part = dict[str, Any]
_START = 1_795_219_448_000  # milliseconds


def _info(**more: Any) -> Part:
    return {
        "id": "ses_1",
        "projectID": "p1",
        "directory": "/repo",
        "title": "Repair",
        "version": "1.18.33",
        "cost": 0.25,
        "time": {"created": _START, "updated": _START + 60_000},
        **more,
    }


def _tokens(number: int) -> Part:
    return {
        "input": 20 * number,
        "output": 6 * number,
        "reasoning": 4 * number,
        "cache": {"read": 80 * number, "write": 0},
    }


def _user(second: int, *texts: str) -> Part:
    info = {"id": f"msg_u{second}", "role": "user", "time": {"created": _START + second * 1000}}
    return {"info": info, "parts": [{"type": "text", "text": text} for text in texts]}


def _answer(second: int, *parts: Part, number: int = 1, reason: str = "stop", **more: Any) -> Part:
    info = {
        "id": f"msg_a{second}",
        "role": "assistant",
        "modelID": "model-1",
        "providerID": "provider",
        "agent": "build",
        "cost": 0.1,
        "tokens": _tokens(number),
        "finish": reason,
        "time": {"created": _START + second * 1000, "completed": _START + second * 1000 + 900},
        **more,
    }
    step = [
        {"type": "step-start"},
        *parts,
        {"type": "step-finish", "reason": reason, "tokens": _tokens(number), "cost": 0.1},
    ]
    return {"info": info, "parts": step}


def _tool(
    call: str,
    name: str,
    second: int,
    *,
    status: str = "completed",
    metadata: Part | None = None,
    **state: Any,
) -> Part:
    time = {"start": _START + second * 1000 + 400, "end": _START + second * 1000 + 800}
    return {
        "type": "tool",
        "tool": name,
        "callID": call,
        "state": {"status": status, "time": time, "metadata": metadata or {}, **state},
    }


_FAILS = _tool(
    "c1", "bash", 2, input={"command": "pytest"}, output="1 failed", metadata={"exit": 1}, title="Run tests"
)
_WORK = (
    _user(1, "Repair it."),
    _answer(
        2,
        {"type": "reasoning", "text": "Tests first."},
        {"type": "text", "text": "I run the tests."},
        _FAILS,
        reason="tool-calls",
    ),
    _answer(4, {"type": "text", "text": "They fail."}, number=2),
)


def _read(source_of: SourceOf, *messages: Part, **info: Any) -> tuple[Run, list[Skipped]]:
    return _run(source_of(json.dumps({"info": _info(**info), "messages": list(messages)}, indent=2)))


def _run(source: Source) -> tuple[Run, list[Skipped]]:
    found = list(OpenCodeExport().read(source))
    spans = [item for item in found if isinstance(item, Span)]
    assert len({span.span_id for span in spans}) == len(spans)
    (run,) = assemble_all(spans)
    return run, [item for item in found if isinstance(item, Skipped)]


def test_an_export_is_a_run(source_of: SourceOf) -> None:
    """With its answers, calls, cost, and where it took place."""
    run, skipped = _read(source_of, *_WORK)
    (tool,) = run.tool_calls

    assert not skipped
    assert [call.text for call in run.model_calls] == ["I run the tests.", "They fail."]
    assert [call.finish_reason for call in run.model_calls] == ["tool_call", "stop"]
    assert (tool.name, tool.arguments, tool.result) == ("bash", {"command": "pytest"}, "1 failed")
    assert [type(step).__name__[0] for step in run.steps] == ["M", "T", "M"]
    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "opencode-export"
    assert run.root.attributes[names.AGENT_VERSION] == "1.18.33"
    assert run.root.attributes["opencode.directory"] == "/repo"
    assert (run.seconds, run.usage.cost_usd, run.outcome) == (60, 0.25, Outcome.UNKNOWN)


def test_cached_and_reasoning_tokens_are_included(source_of: SourceOf) -> None:
    """The export counts both apart."""
    run, _ = _read(source_of, *_WORK)
    first = next(span for span in run.spans if span.name.startswith("chat"))

    assert (run.usage.input_tokens, run.usage.output_tokens) == (300, 30)
    assert (first.attributes[names.CACHED_TOKENS], first.attributes[names.REASONING_TOKENS]) == (80, 4)


def test_a_failing_command_is_no_failing_tool(source_of: SourceOf) -> None:
    """Its exit code stands in the metadata, and its status is completed."""
    run, _ = _read(source_of, *_WORK)

    assert (run.tool_calls[0].exit_code, run.tool_calls[0].error) == (1, None)


def test_an_answer_ends_where_its_first_tool_begins(source_of: SourceOf) -> None:
    """The message itself lasts until its tools are done."""
    run, _ = _read(source_of, *_WORK)
    first, tool = run.model_calls[0], run.tool_calls[0]

    assert (first.end_ns - first.start_ns, tool.end_ns - tool.start_ns) == (400_000_000, 400_000_000)
    assert first.end_ns == tool.start_ns


def test_a_message_of_several_steps_is_several_calls(source_of: SourceOf) -> None:
    """Each step has its own tokens; what comes after the last is one more."""
    steps = _answer(2, {"type": "text", "text": "One."})
    steps["parts"] += [
        *_answer(2, {"type": "text", "text": "Two."}, number=2)["parts"],
        {"type": "text", "text": "cut"},
    ]
    run, _ = _read(source_of, steps)

    assert [(call.text, call.usage.input_tokens) for call in run.model_calls] == [
        ("One.", 100),
        ("Two.", 200),
        ("cut", 0),
    ]


def test_a_message_without_steps_has_its_own_tokens(source_of: SourceOf) -> None:
    """Its parts may have been cut or never written."""
    answer = _answer(2)
    answer["parts"] = [{"type": "text", "text": "Done."}]
    run, _ = _read(source_of, answer)

    assert [(call.text, call.usage.input_tokens) for call in run.model_calls] == [("Done.", 100)]


def test_a_call_that_could_not_be_made_stands_under_its_own_name(source_of: SourceOf) -> None:
    """The stand-in tool tells what was meant, and quotes the broken arguments."""
    sent = '{"filePath": "/repo/a.py"'
    error = f"Invalid input for tool read: JSON parsing failed: Text: {sent}.\nError message: Expected '}}'"
    broken = _tool("c1", "invalid", 2, input={"tool": "read", "error": error}, output=error)
    unknown = _tool(
        "c2", "invalid", 2, input={"tool": "open", "error": "unavailable tool"}, output="unavailable tool"
    )
    run, _ = _read(source_of, _answer(2, broken, unknown))

    assert [tool.name for tool in run.tool_calls] == ["read", "open"]
    assert run.tool_calls[0].arguments_text == sent
    assert [str(tool.error).partition(":")[0] for tool in run.tool_calls] == ["invalid_tool_call"] * 2


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("File not found: /x", "tool_error"),
        ("The user rejected permission to use this specific tool call.", "permission_denied"),
        ("Tool execution aborted", "interrupted"),
    ],
)
def test_kinds_of_failure_are_told_apart(source_of: SourceOf, error: str, kind: str) -> None:
    """What a tool in error says is its result."""
    run, _ = _read(source_of, _answer(2, _tool("c1", "read", 2, status="error", input={}, error=error)))

    assert run.tool_calls[0].error == f"{kind}: {error}"
    assert run.tool_calls[0].result == error


def test_a_call_that_still_runs_is_kept(source_of: SourceOf) -> None:
    """Without a result."""
    running = _tool("c1", "bash", 2, status="running", input={"command": "sleep 9"})
    run, _ = _read(source_of, _answer(2, running))

    assert [(tool.name, tool.result, tool.error) for tool in run.tool_calls] == [("bash", "", None)]


def test_a_model_error_is_a_failed_call(source_of: SourceOf) -> None:
    """The message names its kind."""
    error = {"name": "APIError", "data": {"message": "overloaded", "statusCode": 529}}
    run, _ = _read(source_of, _user(1, "Hello"), _answer(2, error=error))

    assert [(call.error, call.finish_reason) for call in run.model_calls] == [
        ("APIError: overloaded", "error")
    ]


def test_summaries_of_a_compaction_are_no_steps(source_of: SourceOf) -> None:
    """The agent made them for itself."""
    run, _ = _read(source_of, *_WORK, _answer(6, {"type": "text", "text": "Summary"}, summary=True))

    assert len(run.model_calls) == 2
    assert any(span.attributes.get(names.ASIDE) == "compaction summary" for span in run.spans)


def test_only_new_messages_are_a_calls_input(source_of: SourceOf) -> None:
    """Files are named and not repeated."""
    asked = _user(1, "Look at this.")
    asked["parts"] += [
        {"type": "file", "filename": "a.png", "mime": "image/png", "url": "data:image/png;base64,AAAA"},
        {"type": "agent", "name": "explore", "id": "prt_1"},
    ]
    run, _ = _read(source_of, asked, *_WORK[1:])
    chats = [span for span in run.spans if span.name.startswith("chat")]
    inputs = [parse_messages(str(span.attributes[names.INPUT_MESSAGES])) for span in chats]

    assert [[item.role for item in each] for each in inputs] == [["user"], ["tool"]]
    assert "AAAA" not in str(chats[0].attributes[names.INPUT_MESSAGES])
    assert "a.png" in str(chats[0].attributes[names.INPUT_MESSAGES])


def test_sub_agents_are_named_on_both_sides(source_of: SourceOf) -> None:
    """The call names the session, and the session its parent."""
    task = _tool("c1", "task", 2, input={"prompt": "x"}, output="done", metadata={"sessionId": "ses_2"})
    parent, _ = _read(source_of, _answer(2, task))
    child, _ = _read(source_of, *_WORK, id="ses_2", parentID="ses_1")

    assert any(span.attributes.get("opencode.sub_session_id") == "ses_2" for span in parent.spans)
    assert child.root is not None
    assert child.root.attributes["opencode.parent_session_id"] == "ses_1"
    assert child.run_id != parent.run_id


def test_costs_of_messages_are_summed_where_the_session_has_none(source_of: SourceOf) -> None:
    """Older versions state it only there."""
    run, _ = _read(source_of, *_WORK, cost=None)

    assert run.usage.cost_usd == pytest.approx(0.2)


def test_an_export_that_breaks_off_gives_its_good_part(source_of: SourceOf) -> None:
    """And says where it broke."""
    text = json.dumps({"info": _info(), "messages": list(_WORK)}, indent=2)
    run, skipped = _run(source_of(text[: text.index('"They fail."')]))

    assert [call.text for call in run.model_calls][:1] == ["I run the tests."]
    assert len(skipped) == 1


def test_messages_of_unknown_roles_are_skipped(source_of: SourceOf) -> None:
    """And the rest is read."""
    run, skipped = _read(source_of, {"info": {"role": "secret"}, "parts": []}, *_WORK)

    assert len(run.model_calls) == 2
    assert [item.reason for item in skipped] == ["unknown message role"]


def test_exports_are_known_by_their_beginning(source_of: SourceOf) -> None:
    """Also where the head ends within the messages."""
    long = _answer(2, {"type": "text", "text": "x" * 100_000})

    assert OpenCodeExport().recognises(source_of(json.dumps({"info": _info(), "messages": [long]}, indent=2)))
    assert not OpenCodeExport().recognises(source_of('{"info": {"exit_status": "x"}, "messages": []}'))
    assert not OpenCodeExport().recognises(source_of("plain text"))
