"""Claude Code's session files: answers on several lines, sub-agents, resumed and cleared sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.claude_code_session import ClaudeCodeSession
from traces.importers.claude_code_stream import ClaudeCodeStream
from traces.importers.importer import Skipped, Source
from traces.messages import parse_messages
from traces.normal import assemble_all
from traces.run import Run
from traces.span import Span

SourceOf = Callable[..., Source]
Line = dict[str, Any]
_START = 1_780_000_000


def _line(kind: str, number: int, **more: Any) -> Line:
    time = datetime.fromtimestamp(_START + number, UTC).isoformat().replace("+00:00", "Z")
    return {
        "type": kind,
        "uuid": f"line-{number}",
        "parentUuid": f"line-{number - 1}" if number > 1 else None,
        "sessionId": "session-1",
        "isSidechain": False,
        "cwd": "/repo",
        "version": "2.1.5",
        "gitBranch": "main",
        "timestamp": time,
        **more,
    }


def _user(number: int, content: Any, **more: Any) -> Line:
    return _line("user", number, message={"role": "user", "content": content}, **more)


def _result(
    number: int, call: str, content: Any, *, error: bool = False, details: Any = None, **more: Any
) -> Line:
    block = {"type": "tool_result", "tool_use_id": call, "content": content, "is_error": error}
    return _user(number, [block], **({"toolUseResult": details} if details is not None else {}), **more)


def _answer(
    number: int, key: str, *blocks: Line, stop: str | None = None, output: int = 10, **more: Any
) -> Line:
    usage = {
        "input_tokens": 5,
        "cache_read_input_tokens": 90,
        "cache_creation_input_tokens": 5,
        "output_tokens": output,
    }
    found = {
        "id": key,
        "role": "assistant",
        "model": "claude-x",
        "content": list(blocks),
        "stop_reason": stop,
    }
    return _line("assistant", number, message={**found, "usage": usage}, **more)


def _text(content: str) -> Line:
    return {"type": "text", "text": content}


def _call(call: str, name: str = "Bash", **arguments: Any) -> Line:
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def _read(source_of: SourceOf, *lines: Line | str) -> tuple[list[Run], list[Skipped]]:
    content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    found = list(ClaudeCodeSession().read(source_of(content)))
    spans = [item for item in found if isinstance(item, Span)]
    assert len({(span.trace_id, span.span_id) for span in spans}) == len(spans)
    return list(assemble_all(spans)), [item for item in found if isinstance(item, Skipped)]


_WORK = (
    _user(1, "Repair it."),
    _answer(2, "m1", {"type": "thinking", "thinking": "Tests first.", "signature": "s"}, output=1),
    _answer(3, "m1", _text("I run the tests.")),
    _answer(4, "m1", _call("t1", command="pytest"), stop="tool_use"),
    _result(5, "t1", "Exit code 1\n1 failed", error=True, details="Error: Exit code 1\n1 failed"),
    _answer(7, "m2", _text("They fail."), stop="end_turn", output=20),
)


def test_a_session_is_a_run(source_of: SourceOf) -> None:
    """With its prompt, answers, tool calls, tokens and where it took place."""
    (run,), skipped = _read(source_of, *_WORK)
    first, second = run.model_calls
    (tool,) = run.tool_calls

    assert not skipped
    assert (first.text, first.tool_names, first.finish_reason) == ("I run the tests.", ("Bash",), "tool_call")
    assert (second.text, second.finish_reason) == ("They fail.", "stop")
    assert (tool.call_id, tool.name, tool.arguments) == ("t1", "Bash", {"command": "pytest"})
    assert [type(step).__name__ for step in run.steps] == ["ModelCall", "ToolCall", "ModelCall"]
    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "claude-code-session"
    assert run.root.attributes[names.AGENT_NAME] == "claude-code"
    assert run.root.attributes[names.AGENT_VERSION] == "2.1.5"
    assert run.root.attributes[names.CONVERSATION] == "session-1"
    assert run.root.attributes["claude_code.cwd"] == "/repo"
    assert run.seconds == 6
    assert (tool.end_ns - _START * 10**9) // 10**9 == 5


def test_usage_counts_once_for_an_answer_on_several_lines(source_of: SourceOf) -> None:
    """Inputs include the cached tokens; the last line of an answer has all its output."""
    (run,), _ = _read(source_of, *_WORK)

    assert len(run.model_calls) == 2
    assert (run.usage.input_tokens, run.usage.output_tokens) == (200, 30)
    assert run.spans[1].attributes[names.CACHED_TOKENS] == 90


def test_only_new_messages_are_a_calls_input(source_of: SourceOf) -> None:
    """The prompt for the first call, the tool's result for the second."""
    (run,), _ = _read(source_of, *_WORK)
    chats = [span for span in run.spans if span.name.startswith("chat")]
    inputs = [parse_messages(str(span.attributes[names.INPUT_MESSAGES])) for span in chats]

    assert [[item.role for item in each] for each in inputs] == [["user"], ["tool"]]
    assert inputs[0][0].text == "Repair it."


def test_a_failing_command_has_its_exit_code_and_error(source_of: SourceOf) -> None:
    """The agent writes the code into the text."""
    (run,), _ = _read(source_of, *_WORK)
    (tool,) = run.tool_calls

    assert (tool.exit_code, tool.result) == (1, "Exit code 1\n1 failed")
    assert tool.error == "tool_error: Exit code 1\n1 failed"


def test_a_command_that_ended_well_exited_zero(source_of: SourceOf) -> None:
    """Unless it still runs, was interrupted, or its code means something else."""
    done = {"stdout": "ok", "stderr": "", "interrupted": False}
    cases = [
        done,
        {**done, "backgroundTaskId": "b1"},
        {**done, "returnCodeInterpretation": "No matches found"},
    ]
    codes = []
    for details in cases:
        (run,), _ = _read(
            source_of, _answer(1, "m1", _call("t1", command="ls")), _result(2, "t1", "ok", details=details)
        )
        codes.append(run.tool_calls[0].exit_code)

    assert codes == [0, None, None]


@pytest.mark.parametrize(
    ("content", "details", "kind"),
    [
        (
            "The user doesn't want to proceed with this tool use. The tool use was rejected",
            "x",
            "permission_denied",
        ),
        (
            "Claude requested permissions to write to /a, but you haven't granted it yet.",
            "x",
            "permission_denied",
        ),
        ("<tool_use_error>InputValidationError: Bash failed</tool_use_error>", "x", "invalid_tool_call"),
        ("<tool_use_error>Error: No such tool available: Foo</tool_use_error>", "x", "invalid_tool_call"),
        ("<tool_use_error>File does not exist.</tool_use_error>", "x", "tool_error"),
        ("[Request interrupted by user for tool use]", "x", "interrupted"),
        ("partial", {"stdout": "partial", "interrupted": True}, "interrupted"),
    ],
)
def test_kinds_of_failure_are_told_apart(source_of: SourceOf, content: str, details: Any, kind: str) -> None:
    """A denied call, a call that could not be made, one that was interrupted, and one that failed."""
    answer = _answer(1, "m1", _call("t1", command="ls"))
    (run,), _ = _read(source_of, answer, _result(2, "t1", content, error=True, details=details))

    assert run.tool_calls[0].error is not None
    assert run.tool_calls[0].error.startswith(kind)


def test_parallel_calls_whose_results_stand_between_them_are_one_answer(source_of: SourceOf) -> None:
    """Lines of an answer and results of its first calls are interleaved in the file."""
    (run,), _ = _read(
        source_of,
        _answer(1, "m1", _call("t1", "Read", file_path="a")),
        _result(2, "t1", "one"),
        _answer(3, "m1", _call("t2", "Read", file_path="b"), stop="tool_use"),
        _result(
            4, "t2", [_text("two"), {"type": "image", "source": {"media_type": "image/png", "data": "AAAA"}}]
        ),
    )

    assert len(run.model_calls) == 1
    assert run.usage.output_tokens == 10
    assert [tool.result for tool in run.tool_calls] == ["one", "two\n[image image/png]"]


def test_a_call_without_a_result_is_kept(source_of: SourceOf) -> None:
    """The session was killed while the tool ran."""
    (run,), _ = _read(source_of, *_WORK[:4])

    assert [(tool.name, tool.result, tool.exit_code) for tool in run.tool_calls] == [("Bash", "", None)]


def test_arguments_that_are_a_text_stay_one(source_of: SourceOf) -> None:
    """A model may send broken JSON, which no parser may mend."""
    block = {"type": "tool_use", "id": "t1", "name": "Bash", "input": '{"command": "ls'}
    (run,), _ = _read(source_of, _answer(1, "m1", block))

    assert run.tool_calls[0].arguments_text == '{"command": "ls'


def test_call_ids_that_come_again_are_calls_of_their_own(source_of: SourceOf) -> None:
    """Some models number the calls of each answer from 0."""
    (run,), _ = _read(
        source_of,
        _answer(1, "m1", _call("Bash:0", command="a")),
        _result(2, "Bash:0", "one"),
        _answer(3, "m2", _call("Bash:0", command="b")),
        _result(4, "Bash:0", "two"),
    )

    assert [(tool.arguments["command"], tool.result) for tool in run.tool_calls] == [
        ("a", "one"),
        ("b", "two"),
    ]


def test_a_call_that_is_sent_again_before_it_ran_is_one(source_of: SourceOf) -> None:
    """An answer that broke off is asked for anew; its call never ran, and is counted as skipped."""
    (run,), skipped = _read(
        source_of,
        _answer(1, "m1", _call("Bash:0", command="a")),
        _answer(2, "m2", _call("Bash:0", command="b")),
        _result(3, "Bash:0", "done"),
    )

    assert [tool.arguments["command"] for tool in run.tool_calls] == ["b"]
    assert len(run.model_calls) == 2
    assert [item.reason for item in skipped] == ["tool call that was sent again before it ran"]


def test_a_resumed_session_gives_the_same_ids(source_of: SourceOf) -> None:
    """Its file repeats the lines under a new session id and goes on; the root ends later."""
    again = [{**line, "sessionId": "session-2"} for line in _WORK]
    (first,), _ = _read(source_of, *_WORK)
    (second,), _ = _read(source_of, *again, _user(8, "Go on."), _answer(9, "m3", _text("Done.")))

    assert second.run_id == first.run_id
    assert {span.span_id for span in first.spans} < {span.span_id for span in second.spans}
    assert first.root is not None
    assert second.root is not None
    assert first.root.span_id == second.root.span_id
    assert second.root.end_ns > first.root.end_ns


def test_lines_that_are_repeated_in_one_file_count_once(source_of: SourceOf) -> None:
    """A line is known by its id."""
    (run,), skipped = _read(source_of, *_WORK, *_WORK)

    assert (len(run.model_calls), len(run.tool_calls), run.usage.output_tokens) == (2, 1, 30)
    assert {item.reason for item in skipped} == {"line that was there before"}


def test_a_broken_line_does_not_hide_its_good_repetition(source_of: SourceOf) -> None:
    """A message that is none is skipped, and its id may come again."""
    broken = {**_user(1, "x"), "message": "error"}
    (run,), skipped = _read(source_of, broken, *_WORK)

    assert [(item.line, item.reason) for item in skipped] == [(1, "broken message")]
    assert "Repair it." in str(run.spans[1].attributes[names.INPUT_MESSAGES])


def test_clear_begins_a_new_run(source_of: SourceOf) -> None:
    """Nothing of what was said before is known to the model after it."""
    clear = "<command-name>/clear</command-name>\n<command-args></command-args>"
    runs, _ = _read(
        source_of, *_WORK, _user(8, clear), _user(9, "Another task."), _answer(10, "m3", _text("Done."))
    )

    assert [len(run.model_calls) for run in runs] == [2, 1]
    assert runs[0].run_id != runs[1].run_id
    assert all(run.root is not None for run in runs)


def test_clear_at_the_beginning_begins_nothing(source_of: SourceOf) -> None:
    """New versions write it as the first line of the new file."""
    runs, _ = _read(source_of, _user(1, "<command-name>/clear</command-name>"), *_WORK[1:])

    assert len(runs) == 1


def test_compaction_goes_on_with_the_run(source_of: SourceOf) -> None:
    """The summary is what the model is told next."""
    (run,), _ = _read(
        source_of,
        *_WORK,
        _line("system", 8, subtype="compact_boundary", content="Conversation compacted"),
        _user(9, "Summary: the tests fail.", isCompactSummary=True),
        _answer(10, "m3", _text("Done.")),
    )

    assert run.root is not None
    assert run.root.attributes["claude_code.compactions"] == 1
    assert "Summary: the tests fail." in str(run.spans[-1].attributes[names.INPUT_MESSAGES])


def test_sub_agents_in_the_same_file_are_nested_agents(source_of: SourceOf) -> None:
    """Below the call whose prompt they were given, each with its own clock."""
    (run,), _ = _read(
        source_of,
        _user(1, "Repair it."),
        _answer(2, "m1", _call("t1", "Task", prompt="Look around.", subagent_type="explorer")),
        _user(3, "Look around.", isSidechain=True, parentUuid=None),
        _answer(4, "s1", _call("t2", command="ls"), isSidechain=True),
        _result(5, "t2", "a b", isSidechain=True),
        _answer(6, "s2", _text("Two files."), isSidechain=True),
        _result(7, "t1", "Two files.", details={"agentId": "a1", "totalTokens": 7}),
        _answer(8, "m2", _text("Done.")),
    )
    by_name = {span.name: span for span in run.spans}
    agent, task = by_name["invoke_agent explorer"], by_name["execute_tool Task"]

    assert run.root is not None
    assert run.root.name == "invoke_agent claude-code"
    assert (agent.parent_id, task.parent_id) == (task.span_id, run.root.span_id)
    assert sorted(span.name for span in run.spans if span.parent_id == agent.span_id) == [
        "chat claude-x",
        "chat claude-x",
        "execute_tool Bash",
    ]
    assert task.attributes["claude_code.tool_use_result.agentId"] == "a1"
    assert [call.text for call in run.model_calls] == ["", "", "Two files.", "Done."]


def test_interleaved_sub_agents_are_kept_apart(source_of: SourceOf) -> None:
    """By the agent's id; one whose caller is not in the file is below the root."""
    (run,), _ = _read(
        source_of,
        _user(1, "Repair it."),
        _user(2, "A", isSidechain=True, agentId="a"),
        _user(3, "B", isSidechain=True, agentId="b"),
        _answer(4, "a1", _text("from a"), isSidechain=True, agentId="a"),
        _answer(5, "b1", _text("from b"), isSidechain=True, agentId="b"),
        _answer(6, "a1", _text("more from a"), isSidechain=True, agentId="a"),
    )

    assert sorted(call.text for call in run.model_calls) == ["from a\nmore from a", "from b"]
    assert len([span for span in run.spans if span.name == "invoke_agent subagent"]) == 2


def test_a_sub_agents_own_file_is_a_run_that_names_its_session(source_of: SourceOf) -> None:
    """All its lines are of the side chain."""
    lines = [{**line, "isSidechain": True, "agentId": "a1"} for line in _WORK]
    (run,), _ = _read(source_of, *lines)

    assert run.root is not None
    assert run.root.attributes["claude_code.agent_id"] == "a1"
    assert run.root.attributes["claude_code.parent_session_id"] == "session-1"
    assert len(run.model_calls) == 2
    assert not [span for span in run.spans if span.name == "invoke_agent subagent"]


def test_api_errors_are_failed_calls_and_retries_are_set_aside(source_of: SourceOf) -> None:
    """What the agent writes itself in the model's place costs nothing."""
    failed = _answer(3, "x1", _text("API Error: 429"), isApiErrorMessage=True, error="rate_limit")
    silent = _answer(4, "x2", _text("No response requested."))
    for line in (failed, silent):
        line["message"]["model"] = "<synthetic>"
    retry = _line(
        "system", 2, subtype="api_error", error={"status": 529, "message": "overloaded"}, retryAttempt=1
    )
    (run,), _ = _read(source_of, _user(1, "Hello"), retry, failed, silent)
    asides = [span.attributes.get(names.ASIDE) for span in run.spans if names.ASIDE in span.attributes]

    assert [call.error for call in run.model_calls] == ["rate_limit: API Error: 429"]
    assert asides == ["retried request", "synthetic answer"]
    assert run.usage.output_tokens == 0


def test_costs_are_summed_where_they_are_stated(source_of: SourceOf) -> None:
    """Once for each answer; versions after early 2025 state none."""
    costs = [{**line, "costUSD": 0.25} if line["type"] == "assistant" else line for line in _WORK]
    (run,), _ = _read(source_of, *costs)
    (plain,), _ = _read(source_of, *_WORK)

    assert (run.usage.cost_usd, plain.usage.cost_usd) == (0.5, 0)


def test_other_lines_are_skipped_for_a_reason(source_of: SourceOf) -> None:
    """The kind of a known one is the reason; of unknown ones nothing is repeated."""
    (_,), skipped = _read(
        source_of,
        {"type": "summary", "summary": "secret", "leafUuid": "x"},
        {"type": "file-history-snapshot", "messageId": "x", "snapshot": {}},
        {"type": "queue-operation", "operation": "enqueue", "sessionId": "session-1"},
        _line("progress", 90, data={"type": "hook_progress"}),
        _line("system", 91, subtype="local_command", content="x"),
        {"type": "secret thing"},
        "{broken",
        *_WORK,
    )

    assert [(item.line, item.reason) for item in skipped] == [
        (1, "summary line"),
        (2, "file-history-snapshot line"),
        (3, "queue-operation line"),
        (4, "progress line"),
        (5, "system line"),
        (6, "unknown line type"),
        (7, "line is no JSON"),
    ]


def test_a_prompt_without_an_answer_is_the_roots(source_of: SourceOf) -> None:
    """A session may end before the model said anything."""
    (run,), _ = _read(source_of, _user(1, "Anybody there?"))

    assert run.root is not None
    assert "Anybody there?" in str(run.root.attributes[names.INPUT_MESSAGES])


def test_a_file_of_summaries_holds_no_run(source_of: SourceOf) -> None:
    """But it is known for what it is."""
    source = source_of('{"type":"summary","summary":"x","leafUuid":"y"}\n')

    assert ClaudeCodeSession().recognises(source)
    assert not [item for item in ClaudeCodeSession().read(source) if isinstance(item, Span)]


def test_lines_without_times_keep_their_order(source_of: SourceOf) -> None:
    """They come right after what was before."""
    lines = [{key: value for key, value in line.items() if key != "timestamp"} for line in _WORK]
    (run,), _ = _read(source_of, *lines[:3], _WORK[3], *lines[4:])

    assert [type(step).__name__ for step in run.steps] == ["ModelCall", "ToolCall", "ModelCall"]
    assert run.seconds < 1


def test_sessions_and_streams_are_told_apart(source_of: SourceOf) -> None:
    """By the names of their fields, whatever the file is called."""
    session = source_of("\n".join(json.dumps(line) for line in _WORK))

    assert ClaudeCodeSession().recognises(session)
    assert not ClaudeCodeStream().recognises(session)
    assert not ClaudeCodeSession().recognises(source_of('{"type":"user","message":{}}\n'))


def test_spans_come_before_the_file_is_read_to_its_end(source_of: SourceOf) -> None:
    """A file of any length needs no more memory than what waits for its results."""
    many = [
        line
        for number in range(0, 3000, 2)
        for line in (
            _answer(number, f"m{number}", _call(f"t{number}", command="ls")),
            _result(number + 1, f"t{number}", "x" * 1000),
        )
    ]
    source = source_of("\n".join(json.dumps(line) for line in many))
    found = ClaudeCodeSession().read(source)
    first = next(found)

    assert isinstance(first, Span)
    assert sum(1 for _ in found) == 3000
