"""What Claude Code prints in print mode: one session from ``init`` to ``result``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.claude_code_stream import ClaudeCodeStream
from traces.importers.importer import Skipped, Source
from traces.normal import assemble_all
from traces.outcome import Outcome
from traces.run import Run
from traces.span import Span

SourceOf = Callable[..., Source]
Line = dict[str, Any]
_INIT = {
    "type": "system",
    "subtype": "init",
    "cwd": "/app",
    "session_id": "session-1",
    "tools": ["Bash", "Task"],
    "model": "claude-x",
    "permissionMode": "bypassPermissions",
    "claude_code_version": "2.1.90",
    "uuid": "u0",
}


def _answer(key: str, *blocks: Line, usage: tuple[int, int] = (100, 10), **more: Any) -> Line:
    tokens = {"input_tokens": usage[0], "output_tokens": usage[1], "cache_read_input_tokens": 50}
    found = {
        "id": key,
        "role": "assistant",
        "model": "claude-x",
        "content": list(blocks),
        "stop_reason": None,
    }
    message = {**found, "usage": tokens}
    return {
        "type": "assistant",
        "message": message,
        "parent_tool_use_id": None,
        "session_id": "session-1",
        "uuid": f"u-{key}",
        **more,
    }


def _result(call: str, content: str, *, error: bool = False, **more: Any) -> Line:
    block = {"type": "tool_result", "tool_use_id": call, "content": content, "is_error": error}
    return {
        "type": "user",
        "message": {"role": "user", "content": [block]},
        "parent_tool_use_id": None,
        "session_id": "session-1",
        "timestamp": "2026-04-01T15:27:20.538Z",
        **more,
    }


def _call(call: str, name: str = "Bash", **arguments: Any) -> Line:
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def _text(content: str) -> Line:
    return {"type": "text", "text": content}


def _ending(**more: Any) -> Line:
    return {
        "type": "result",
        "subtype": "success",
        "is_error": False,
        "duration_ms": 60_000,
        "num_turns": 2,
        "result": "Done.",
        "session_id": "session-1",
        "total_cost_usd": 0.25,
        "usage": {"input_tokens": 7, "output_tokens": 1},
        "modelUsage": {
            "claude-x": {"inputTokens": 300, "cacheReadInputTokens": 100, "outputTokens": 40},
            "claude-small": {"inputTokens": 20, "outputTokens": 2},
        },
        "permission_denials": [],
        **more,
    }


def _read(source_of: SourceOf, *lines: Line | str) -> tuple[list[Run], list[Skipped]]:
    content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    found = list(ClaudeCodeStream().read(source_of(content)))
    spans = [item for item in found if isinstance(item, Span)]
    assert len({(span.trace_id, span.span_id) for span in spans}) == len(spans)
    return list(assemble_all(spans)), [item for item in found if isinstance(item, Skipped)]


_WORK = (
    _INIT,
    _answer("m1", _text("I run the tests.")),
    _answer("m1", _call("t1", command="pytest")),
    _result("t1", "Exit code 2\nbroken", error=True, tool_use_result="Error: Exit code 2\nbroken"),
    _answer("m2", _text("Done."), usage=(200, 20)),
)


def test_a_stream_is_a_run(source_of: SourceOf) -> None:
    """With its answers, calls, cost, and what the agent was."""
    (run,), skipped = _read(source_of, *_WORK, _ending())
    (tool,) = run.tool_calls

    assert not skipped
    assert [call.text for call in run.model_calls] == ["I run the tests.", "Done."]
    assert (tool.name, tool.arguments, tool.exit_code) == ("Bash", {"command": "pytest"}, 2)
    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "claude-code-stream"
    assert run.root.attributes[names.AGENT_VERSION] == "2.1.90"
    assert run.root.attributes["claude_code.tools"] == ("Bash", "Task")
    assert run.usage.cost_usd == 0.25
    assert run.seconds == 60


def test_the_agents_success_is_no_outcome(source_of: SourceOf) -> None:
    """Only a verifier's word is."""
    (run,), _ = _read(source_of, *_WORK, _ending())

    assert run.outcome is Outcome.UNKNOWN
    assert run.reason == ""


def test_totals_are_what_the_session_states_of_its_models(source_of: SourceOf) -> None:
    """Calls that the stream does not show, such as those of a small model, are in them."""
    (run,), _ = _read(source_of, *_WORK, _ending())

    assert (run.usage.input_tokens, run.usage.output_tokens) == (420, 42)


def test_totals_below_the_calls_are_not_believed(source_of: SourceOf) -> None:
    """Then the calls are summed up; of several lines of one answer each counts once."""
    low = {"claude-x": {"inputTokens": 1, "outputTokens": 1}}
    (run,), _ = _read(source_of, *_WORK, _ending(modelUsage=low))

    assert (run.usage.input_tokens, run.usage.output_tokens) == (400, 30)


@pytest.mark.parametrize("subtype", ["error_max_turns", "error_max_budget_usd"])
def test_a_limit_of_the_agents_own_is_the_reason(source_of: SourceOf, subtype: str) -> None:
    """It is told, but it is no outcome either."""
    (run,), _ = _read(source_of, *_WORK, _ending(subtype=subtype, is_error=True, result=None))

    assert (run.reason, run.outcome) == (subtype, Outcome.UNKNOWN)
    assert run.root is not None
    assert run.root.attributes[names.ERROR_TYPE] == subtype


def test_an_error_of_the_session_is_the_roots(source_of: SourceOf) -> None:
    """Also where it claims success and says in the same line that it failed."""
    (run,), _ = _read(source_of, *_WORK, _ending(is_error=True, result="API Error: 500"))

    assert run.root is not None
    assert (run.root.status, run.root.status_message) == ("error", "API Error: 500")
    assert run.reason == ""


def test_permission_denials_are_kept(source_of: SourceOf) -> None:
    """With what was denied, on the root; the call itself says so too."""
    denial = {"tool_name": "Write", "tool_use_id": "t9", "tool_input": {"file_path": "/etc/x"}}
    denied = _result(
        "t9", "Claude requested permissions to write to /etc/x, but you haven't granted it yet.", error=True
    )
    (run,), _ = _read(
        source_of, _INIT, _answer("m1", _call("t9", "Write")), denied, _ending(permission_denials=[denial])
    )

    assert run.root is not None
    assert "/etc/x" in str(run.root.attributes["claude_code.result.permission_denials"])
    assert str(run.tool_calls[0].error).startswith("permission_denied")


def test_sub_agents_are_nested_below_their_call(source_of: SourceOf) -> None:
    """Their lines name the call that they belong to."""
    (run,), _ = _read(
        source_of,
        _INIT,
        _answer("m1", _call("t1", "Task", prompt="Look.", subagent_type="explorer")),
        {**_result("x", ""), "message": {"role": "user", "content": "Look."}, "parent_tool_use_id": "t1"},
        _answer("s1", _call("t2", command="ls"), parent_tool_use_id="t1"),
        _result("t2", "a b", parent_tool_use_id="t1"),
        _result("t1", "Two files."),
        _answer("m2", _text("Done.")),
    )
    task = next(span for span in run.spans if span.name == "execute_tool Task")
    agent = next(span for span in run.spans if span.name == "invoke_agent explorer")

    assert agent.parent_id == task.span_id
    assert {span.name for span in run.spans if span.parent_id == agent.span_id} == {
        "chat claude-x",
        "execute_tool Bash",
    }
    assert len(run.model_calls) == 3


def test_retries_are_set_aside_and_other_notices_skipped(source_of: SourceOf) -> None:
    """A retried request is no step."""
    retry = {**_INIT, "subtype": "api_retry", "attempt": 1, "error_status": 503, "error": "server_error"}
    notice = {**_INIT, "subtype": "task_started"}
    (run,), skipped = _read(
        source_of, *_WORK, retry, notice, {"type": "stream_event", "session_id": "session-1"}
    )
    (aside,) = (span for span in run.spans if names.ASIDE in span.attributes)

    assert (aside.attributes[names.ERROR_TYPE], aside.status_message) == ("503", "server_error")
    assert [item.reason for item in skipped] == ["system line", "stream_event line"]
    assert len(run.model_calls) == 2


def test_an_error_of_the_model_is_a_failed_call(source_of: SourceOf) -> None:
    """The line names its kind."""
    failed = _answer("x", _text("Rate limited"), error="rate_limit")
    failed["message"]["model"] = "<synthetic>"
    (run,), _ = _read(source_of, _INIT, failed)

    assert [call.error for call in run.model_calls] == ["rate_limit: Rate limited"]


def test_sessions_in_one_file_are_runs_of_their_own(source_of: SourceOf) -> None:
    """Also where their lines are mixed; a line without a session belongs to the one before."""
    other = [{**line, "session_id": "session-2"} for line in _WORK]
    mixed = [line for pair in zip(_WORK, other, strict=True) for line in pair]
    runs, _ = _read(source_of, *mixed, _ending())

    assert [len(run.model_calls) for run in runs] == [2, 2]
    assert len({run.run_id for run in runs}) == 2


def test_a_stream_that_was_cut_gives_its_good_part(source_of: SourceOf) -> None:
    """Without a result there are no totals and no cost, and a root nevertheless."""
    (run,), skipped = _read(source_of, *_WORK[:3], '{"type":"user","mess')

    assert [item.reason for item in skipped] == ["line is no JSON"]
    assert [(tool.name, tool.result) for tool in run.tool_calls] == [("Bash", "")]
    assert run.usage.input_tokens == 150
    assert run.usage.cost_usd == 0
    assert run.root is not None


def test_times_are_taken_from_where_they_are(source_of: SourceOf) -> None:
    """Answers state none; all is kept in order from the first that is stated."""
    (run,), _ = _read(source_of, *_WORK)

    assert {span.start_ns // 10**9 for span in run.spans} == {1775057240}
    assert [type(step).__name__ for step in run.steps] == ["ModelCall", "ToolCall", "ModelCall"]


def test_what_comes_before_a_session_is_skipped(source_of: SourceOf) -> None:
    """A terminal's output may have other lines."""
    runs, skipped = _read(source_of, "npm warn deprecated", {"level": "info"}, *_WORK)

    assert len(runs) == 1
    assert [item.reason for item in skipped] == ["line is no JSON", "unknown line type"]
    assert ClaudeCodeStream().recognises(source_of(json.dumps(_INIT)))
