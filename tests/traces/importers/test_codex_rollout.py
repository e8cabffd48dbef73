"""Codex's rollouts: items and events of one session, of new and old versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.codex_rollout import CodexRollout
from traces.importers.importer import Skipped, Source
from traces.messages import parse_messages
from traces.normal import assemble_all
from traces.outcome import Outcome
from traces.run import Run
from traces.span import Span

SourceOf = Callable[..., Source]
Line = dict[str, Any]
_PATCH = "*** Begin Patch\n*** Update File: a.py\n*** End Patch\n"


def _line(second: int, kind: str, **payload: Any) -> Line:
    return {"timestamp": f"2026-11-21T00:02:{second:02}.500Z", "type": kind, "payload": payload}


def _item(second: int, kind: str, **more: Any) -> Line:
    return _line(second, "response_item", type=kind, **more)


def _event(second: int, kind: str, **more: Any) -> Line:
    return _line(second, "event_msg", type=kind, **more)


def _said(second: int, role: str, text: str) -> Line:
    kind = "output_text" if role == "assistant" else "input_text"
    return _item(second, "message", role=role, content=[{"type": kind, "text": text}])


def _call(second: int, call: str, arguments: str, name: str = "exec_command") -> Line:
    return _item(second, "function_call", name=name, arguments=arguments, call_id=call)


def _output(second: int, call: str, output: Any) -> Line:
    return _item(second, "function_call_output", call_id=call, output=output)


def _usage(number: int) -> dict[str, int]:
    return {
        "input_tokens": 100 * number,
        "cached_input_tokens": 40 * number,
        "output_tokens": 10 * number,
        "reasoning_output_tokens": 4 * number,
    }


def _record(second: int, number: int, total: int) -> Line:
    return _line(
        second,
        "token_usage_record",
        response_id=f"resp-{number}",
        usage=_usage(number),
        thread_token_usage=_usage(total),
    )


def _count(second: int, last: int, total: int) -> Line:
    info = {"total_token_usage": _usage(total), "last_token_usage": _usage(last)}
    return _event(second, "token_count", info=info, rate_limits={})


_META = _line(
    0,
    "session_meta",
    id="thread-1",
    cwd="/repo",
    originator="codex_exec",
    cli_version="0.169.0",
    source="exec",
    model_provider="openai",
    base_instructions={"text": "You are Codex."},
    git={"branch": "main"},
)
_SETTING = _line(1, "turn_context", turn_id="turn-1", cwd="/repo", model="gpt-5.5", effort="high")
_FAILED = "Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 1\nOutput:\nFAILED\nProcess exited with code 7\n"
_WORK = (
    _META,
    _event(0, "task_started", turn_id="turn-1"),
    _said(0, "developer", "Be careful."),
    _SETTING,
    _said(1, "user", "Repair it."),
    _item(
        2,
        "reasoning",
        id="rs-1",
        summary=[{"type": "summary_text", "text": "Tests first."}],
        encrypted_content="x",
    ),
    _said(3, "assistant", "I run the tests."),
    _call(3, "c1", '{"cmd": "pytest"}'),
    _record(3, 1, 1),
    _output(5, "c1", _FAILED),
    _count(5, 1, 1),
    _item(6, "custom_tool_call", name="apply_patch", input=_PATCH, call_id="c2"),
    _record(6, 2, 3),
    _item(
        7,
        "custom_tool_call_output",
        call_id="c2",
        output="Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.",
    ),
    _count(7, 2, 3),
    _said(8, "assistant", "Done, all tests pass."),
    _record(8, 3, 6),
    _count(8, 3, 6),
    _event(9, "task_complete", turn_id="turn-1", last_agent_message="Done, all tests pass."),
)


def _read(source_of: SourceOf, *lines: Line | str) -> tuple[Run, list[Skipped]]:
    content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    found = list(CodexRollout().read(source_of(content)))
    spans = [item for item in found if isinstance(item, Span)]
    assert len({span.span_id for span in spans}) == len(spans)
    (run,) = assemble_all(spans)
    return run, [item for item in found if isinstance(item, Skipped)]


def test_a_rollout_is_a_run(source_of: SourceOf) -> None:
    """With its answers, calls in order, and what the session says of itself."""
    run, skipped = _read(source_of, *_WORK)

    assert not skipped
    assert [call.text for call in run.model_calls] == ["I run the tests.", "", "Done, all tests pass."]
    assert [call.finish_reason for call in run.model_calls] == ["tool_call", "tool_call", "stop"]
    assert {(call.model, call.reasoning_effort) for call in run.model_calls} == {("gpt-5.5", "high")}
    assert [(tool.name, tool.arguments or tool.arguments_text) for tool in run.tool_calls] == [
        ("exec_command", {"cmd": "pytest"}),
        ("apply_patch", _PATCH),
    ]
    assert [type(step).__name__[0] for step in run.steps] == ["M", "T", "M", "T", "M"]
    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "codex-rollout"
    assert run.root.attributes[names.AGENT_VERSION] == "0.169.0"
    assert run.root.attributes[names.CONVERSATION] == "thread-1"
    assert "You are Codex." in str(run.root.attributes[names.SYSTEM_INSTRUCTIONS])
    assert run.outcome is Outcome.UNKNOWN
    assert run.seconds == 8


def test_tokens_count_once(source_of: SourceOf) -> None:
    """Each answer's usage is recorded, told in an event, and told again."""
    run, _ = _read(source_of, *_WORK, _count(9, 3, 6), _event(9, "token_count", info=None))
    first = next(span for span in run.spans if span.name.startswith("chat"))

    assert (run.usage.input_tokens, run.usage.output_tokens) == (600, 60)
    assert (first.attributes[names.CACHED_TOKENS], first.attributes[names.REASONING_TOKENS]) == (40, 4)


def test_older_versions_tell_usage_only_in_events(source_of: SourceOf) -> None:
    """What was not told before counts, for the answer before."""
    run, _ = _read(
        source_of, *(line for line in _WORK if line["type"] != "token_usage_record"), _count(9, 3, 6)
    )

    assert [call.usage.input_tokens for call in run.model_calls] == [100, 200, 300]
    assert [call.text for call in run.model_calls] == ["I run the tests.", "", "Done, all tests pass."]


def test_without_any_usage_answers_are_told_apart_by_what_is_between_them(source_of: SourceOf) -> None:
    """An output or a prompt ends an answer."""
    plain = [
        line for line in _WORK if "token" not in line["type"] and line["payload"].get("type") != "token_count"
    ]
    run, _ = _read(source_of, *plain)

    assert len(run.model_calls) == 3
    assert run.usage.input_tokens == 0


def test_exit_codes_stand_in_the_header_of_the_text(source_of: SourceOf) -> None:
    """What a program itself prints of exit codes does not count, and a failing command is no failing tool."""
    run, _ = _read(source_of, *_WORK)

    assert [tool.exit_code for tool in run.tool_calls] == [1, 0]
    assert [tool.error for tool in run.tool_calls] == [None, None]


def test_exit_codes_stand_in_metadata_and_events(source_of: SourceOf) -> None:
    """Older versions wrap the output into JSON; events tell it of commands that run."""
    wrapped = json.dumps({"output": "no such file", "metadata": {"exit_code": 2, "duration_seconds": 0.1}})
    run, _ = _read(
        source_of,
        _META,
        _item(1, "local_shell_call", call_id="c1", action={"type": "exec", "command": ["cat", "x"]}),
        _output(2, "c1", wrapped),
        _call(3, "c2", "{}", "shell"),
        _event(4, "exec_command_end", call_id="c2", exit_code=3, duration={"secs": 1, "nanos": 5}),
        _output(4, "c2", {"content": "failed", "success": True}),
        _call(5, "c3", "{}"),
        _event(
            6,
            "item_completed",
            item={"type": "CommandExecution", "id": "c3", "exit_code": 4, "status": "failed"},
        ),
        _output(6, "c3", "failed"),
    )

    assert [tool.exit_code for tool in run.tool_calls] == [2, 3, 4]
    assert [tool.result for tool in run.tool_calls] == ["no such file", "failed", "failed"]
    assert [tool.error for tool in run.tool_calls] == [None, None, None]
    assert run.tool_calls[0].arguments == {"type": "exec", "command": ["cat", "x"]}
    assert any(span.attributes.get("codex.duration_ns") == 1_000_000_005 for span in run.spans)


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("unsupported call: read_file", "invalid_tool_call"),
        ("failed to parse function arguments: EOF", "invalid_tool_call"),
        ("apply_patch verification failed: no such lines", "tool_error"),
        ("aborted by user after 3.1s", "interrupted"),
        ({"content": "it broke", "success": False}, "tool_error"),
        ([{"type": "input_text", "text": "unsupported call: x"}], "invalid_tool_call"),
    ],
)
def test_a_tool_that_failed_is_told_by_its_output(source_of: SourceOf, output: Any, kind: str) -> None:
    """Nothing else in the file says so."""
    run, _ = _read(source_of, _META, _call(1, "c1", '{"cmd": "ls'), _output(2, "c1", output))

    assert str(run.tool_calls[0].error).startswith(kind)
    assert run.tool_calls[0].arguments_text == '{"cmd": "ls'


def test_an_event_tells_that_a_patch_failed(source_of: SourceOf) -> None:
    """Where the text does not."""
    ended = _event(2, "patch_apply_end", call_id="c1", success=False)
    call = _item(1, "custom_tool_call", name="apply_patch", input=_PATCH, call_id="c1")
    run, _ = _read(source_of, _META, call, ended, _output(3, "c1", "no"))

    assert run.tool_calls[0].error == "tool_error: no"


def test_searches_of_the_provider_are_calls_without_an_output(source_of: SourceOf) -> None:
    """They are done when they are told."""
    search = _item(
        2, "web_search_call", id="ws-1", status="completed", action={"type": "search", "query": "x"}
    )
    run, _ = _read(source_of, _META, _SETTING, search, _said(3, "assistant", "Found it."))

    assert [(tool.name, tool.arguments["query"]) for tool in run.tool_calls] == [("web_search", "x")]
    assert [call.tool_names for call in run.model_calls] == [("web_search",)]


def test_only_new_messages_are_a_calls_input(source_of: SourceOf) -> None:
    """The developer's and the user's for the first, tools' results for the others."""
    run, _ = _read(source_of, *_WORK)
    chats = [span for span in run.spans if span.name.startswith("chat")]
    inputs = [parse_messages(str(span.attributes[names.INPUT_MESSAGES])) for span in chats]

    assert [[item.role for item in each] for each in inputs] == [["system", "user"], ["tool"], ["tool"]]


def test_a_fatal_error_is_the_roots(source_of: SourceOf) -> None:
    """The file of a session that never got an answer."""
    error = {"message": "exceeded retry limit", "codex_error_info": {"response_too_many_failed_attempts": {}}}
    run, _ = _read(source_of, *_WORK[:5], _event(9, "task_complete", error=error))

    assert run.model_calls == ()
    assert run.root is not None
    assert run.root.attributes[names.ERROR_TYPE] == "response_too_many_failed_attempts"
    assert run.root.status_message == "exceeded retry limit"
    assert "Repair it." in str(run.root.attributes[names.INPUT_MESSAGES])


def test_an_aborted_turn_is_told_until_another_begins(source_of: SourceOf) -> None:
    """A session may be resumed in the same file, and is then one run with more turns."""
    aborted = (*_WORK[:8], _event(4, "turn_aborted", reason="interrupted"))
    first, _ = _read(source_of, *aborted)
    more = (_META, _event(10, "task_started"), _said(11, "user", "Go on."), _said(12, "assistant", "Done."))
    second, _ = _read(source_of, *aborted, *more)

    assert first.root is not None
    assert second.root is not None
    assert first.root.attributes["codex.turn_aborted"] == "interrupted"
    assert "codex.turn_aborted" not in second.root.attributes
    assert first.root.span_id == second.root.span_id
    assert {span.span_id for span in first.spans} < {span.span_id for span in second.spans}
    assert [call.text for call in second.model_calls] == ["I run the tests.", "Done."]


def test_compaction_goes_on_with_the_run(source_of: SourceOf) -> None:
    """Its summary is what the model is told next; the history that it replaces is not repeated."""
    compacted = _line(10, "compacted", message="They failed.", replacement_history=[{"type": "message"}])
    run, _ = _read(source_of, *_WORK, compacted, _said(11, "assistant", "Again."))

    assert run.root is not None
    assert run.root.attributes["codex.compactions"] == 1
    assert "They failed." in str(run.spans[-1].attributes[names.INPUT_MESSAGES])


def test_a_sub_agents_rollout_names_its_parent(source_of: SourceOf) -> None:
    """It is a file and a run of its own."""
    spawn = {
        "subagent": {"thread_spawn": {"parent_thread_id": "thread-1", "depth": 1, "agent_nickname": "Ada"}}
    }
    meta = _line(0, "session_meta", id="thread-2", source=spawn)
    run, _ = _read(source_of, meta, *_WORK[1:])
    parent, _ = _read(source_of, *_WORK)

    assert run.root is not None
    assert run.root.attributes["codex.parent_thread_id"] == "thread-1"
    assert run.root.attributes["codex.agent_nickname"] == "Ada"
    assert run.run_id != parent.run_id


def test_the_plain_form_of_the_first_versions_is_read(source_of: SourceOf) -> None:
    """A header, states, and items that stand by themselves."""
    header = {"id": "thread-0", "timestamp": "2025-05-01T10:00:00Z", "instructions": "Be brief.", "git": {}}
    items = [line["payload"] for line in _WORK if line["type"] == "response_item"]
    run, skipped = _read(source_of, header, {"record_type": "state"}, *items)

    assert (len(run.model_calls), len(run.tool_calls)) == (3, 2)
    assert [item.reason for item in skipped] == ["line that adds nothing"]
    assert CodexRollout().recognises(source_of(json.dumps(header) + "\n"))


def test_what_adds_nothing_is_skipped_and_what_is_broken_too(source_of: SourceOf) -> None:
    """Events that repeat items, states of the world, unknown lines."""
    run, skipped = _read(
        source_of,
        *_WORK[:5],
        _event(1, "user_message", message="Repair it."),
        _line(1, "world_state", state={}),
        _item(1, "ghost_snapshot"),
        {"type": "secret thing"},
        "{broken",
        *_WORK[5:],
    )

    assert len(run.model_calls) == 3
    assert [item.reason for item in skipped] == [
        "event that adds nothing",
        "line that adds nothing",
        "line that adds nothing",
        "unknown line type",
        "line is no JSON",
    ]


def test_a_call_that_is_not_answered_is_kept(source_of: SourceOf) -> None:
    """The session ended while the command ran."""
    run, _ = _read(source_of, *_WORK[:8])

    assert [(tool.name, tool.result) for tool in run.tool_calls] == [("exec_command", "")]
    assert [call.text for call in run.model_calls] == ["I run the tests."]


def test_rollouts_are_known_by_their_lines(source_of: SourceOf) -> None:
    """Not by a line that merely has a type."""
    assert CodexRollout().recognises(source_of(json.dumps(_META)))
    assert not CodexRollout().recognises(source_of('{"type":"event_msg"}\n{"a":1}\n'))
