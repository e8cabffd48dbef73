"""Gemini CLI's chat records: lines that update what was said, and the document of older versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.gemini_session import GeminiSession
from traces.importers.importer import Skipped, Source
from traces.messages import parse_messages
from traces.normal import assemble_all
from traces.outcome import Outcome
from traces.run import Run
from traces.span import Span

SourceOf = Callable[..., Source]
Line = dict[str, Any]
_HEADER = {
    "sessionId": "session-1",
    "projectHash": "c0ffee",
    "startTime": "2026-11-21T00:03:07.000Z",
    "lastUpdated": "2026-11-21T00:03:07.000Z",
    "kind": "main",
}


def _time(second: float) -> str:
    return f"2026-11-21T00:03:{second:06.3f}Z"


def _user(second: float, key: str, *parts: Line) -> Line:
    return {"id": key, "timestamp": _time(second), "type": "user", "content": list(parts)}


def _answer(
    second: float, key: str, text: str, number: int, *calls: Line, thoughts: tuple[Line, ...] = ()
) -> Line:
    tokens = {
        "input": 100 * number,
        "output": 10 * number,
        "cached": 50,
        "thoughts": 4,
        "tool": 0,
        "total": 0,
    }
    found = {
        "id": key,
        "timestamp": _time(second),
        "type": "gemini",
        "content": text,
        "thoughts": list(thoughts),
    }
    return {**found, "tokens": tokens, "model": "gemini-x", **({"toolCalls": list(calls)} if calls else {})}


def _call(second: float, call: str, name: str, output: str, status: str = "success", **args: Any) -> Line:
    key = "error" if status == "error" else "output"
    response = {"functionResponse": {"id": call, "name": name, "response": {key: output}}}
    return {
        "id": call,
        "name": name,
        "args": args,
        "result": [response],
        "status": status,
        "timestamp": _time(second),
    }


def _shell(output: str, status: str = "success") -> Line:
    return _call(11, "c1", "run_shell_command", output, status, command="pytest")


_FAILS = "<untrusted_context>\nOutput: FAILED\nExit Code: 1\nProcess Group PGID: 7\n</untrusted_context>"
_THOUGHT = {"subject": "Tests", "description": "They come first."}
_WORK = (
    _HEADER,
    {"$set": {"messages": [_user(7, "u0", {"text": "<session_context>"})], "lastUpdated": _time(7)}},
    _user(8, "u1", {"text": "Repair it."}),
    _answer(10, "a1", "I run the tests.", 1, thoughts=(_THOUGHT,)),
    {"$set": {"lastUpdated": _time(10)}},
    _answer(10, "a1", "I run the tests.", 1, _shell(_FAILS), thoughts=(_THOUGHT,)),
    _user(
        11,
        "u2",
        {"functionResponse": {"id": "c1", "name": "run_shell_command", "response": {"output": _FAILS}}},
    ),
    _answer(14, "a2", "They fail.", 2),
    {"$set": {"lastUpdated": _time(20), "summary": "Tests were run"}},
)


def _read(source_of: SourceOf, *lines: Line | str) -> tuple[Run, list[Skipped]]:
    content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    return _run(source_of(content))


def _run(source: Source) -> tuple[Run, list[Skipped]]:
    found = list(GeminiSession().read(source))
    spans = [item for item in found if isinstance(item, Span)]
    assert len({span.span_id for span in spans}) == len(spans)
    (run,) = assemble_all(spans)
    return run, [item for item in found if isinstance(item, Skipped)]


def test_a_record_is_a_run(source_of: SourceOf) -> None:
    """With its answers, calls and their results; an answer that comes again with its calls is one."""
    run, skipped = _read(source_of, *_WORK)
    (tool,) = run.tool_calls

    assert not skipped
    assert [call.text for call in run.model_calls] == ["I run the tests.", "They fail."]
    assert [call.finish_reason for call in run.model_calls] == ["tool_call", "stop"]
    assert (tool.name, tool.arguments, tool.result) == ("run_shell_command", {"command": "pytest"}, _FAILS)
    assert [type(step).__name__[0] for step in run.steps] == ["M", "T", "M"]
    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "gemini-session"
    assert run.root.attributes["gemini_cli.summary"] == "Tests were run"
    assert (run.seconds, run.outcome) == (13, Outcome.UNKNOWN)


def test_thoughts_are_part_of_the_output(source_of: SourceOf) -> None:
    """The record counts them apart."""
    run, _ = _read(source_of, *_WORK)
    chat = next(span for span in run.spans if span.name.startswith("chat"))

    assert (run.usage.input_tokens, run.usage.output_tokens) == (300, 38)
    assert (chat.attributes[names.CACHED_TOKENS], chat.attributes[names.REASONING_TOKENS]) == (50, 4)
    assert "Tests: They come first." in str(chat.attributes[names.OUTPUT_MESSAGES])


def test_updates_that_repeat_all_messages_double_nothing(source_of: SourceOf) -> None:
    """The record is written anew now and then; what is new in it counts."""
    everything = [line for line in _WORK if line.get("type")]
    new = _answer(16, "a3", "Done.", 3)
    run, _ = _read(source_of, *_WORK, {"$set": {"messages": [*everything, new]}})

    assert [call.text for call in run.model_calls] == ["I run the tests.", "They fail.", "Done."]
    assert len(run.tool_calls) == 1


def test_only_new_messages_are_a_calls_input(source_of: SourceOf) -> None:
    """Context and prompt for the first call, the tool's result for the second."""
    run, _ = _read(source_of, *_WORK)
    chats = [span for span in run.spans if span.name.startswith("chat")]
    inputs = [parse_messages(str(span.attributes[names.INPUT_MESSAGES])) for span in chats]

    assert [[item.role for item in each] for each in inputs] == [["user", "user"], ["tool"]]


@pytest.mark.parametrize(
    ("output", "status", "code"),
    [
        (_FAILS, "success", 1),
        ("Output: fine\nProcess Group PGID: 7", "success", 0),
        ("Output: fine\nExit Code: (none)\nSignal: 9", "success", None),
        ("Output: (empty)\nBackground PIDs: 8", "success", None),
        ("Output: Exit Code: 3\n" + "x" * 1000, "success", 0),
        ("Command was cancelled", "cancelled", None),
    ],
)
def test_exit_codes_stand_at_the_end_of_the_text(
    source_of: SourceOf, output: str, status: str, code: int | None
) -> None:
    """The shell tool writes how a command ended unless it ended well."""
    run, _ = _read(source_of, _HEADER, _answer(10, "a1", "", 1, _shell(output, status)))

    assert run.tool_calls[0].exit_code == code


def test_a_failing_command_is_no_failing_tool(source_of: SourceOf) -> None:
    """Its status is success."""
    run, _ = _read(source_of, *_WORK)

    assert run.tool_calls[0].error is None


@pytest.mark.parametrize(
    ("output", "status", "kind"),
    [
        ("params must have required property 'file_path'", "error", "invalid_tool_call"),
        ('Tool "open_file" not found. Did you mean one of: "read_file"?', "error", "invalid_tool_call"),
        ("File not found: /x", "error", "tool_error"),
        ("[Operation Cancelled]", "cancelled", "interrupted"),
    ],
)
def test_kinds_of_failure_are_told_apart(source_of: SourceOf, output: str, status: str, kind: str) -> None:
    """By the status, and by what the tool says."""
    run, _ = _read(source_of, _HEADER, _answer(10, "a1", "", 1, _call(11, "c1", "read_file", output, status)))

    assert str(run.tool_calls[0].error).startswith(kind)
    assert run.tool_calls[0].result == output


def test_parallel_calls_begin_together(source_of: SourceOf) -> None:
    """Right after the answer, in its order; each ends when it is said to."""
    calls = (_call(12, "c1", "read_file", "one"), _call(13, "c2", "read_file", "two"))
    run, _ = _read(source_of, _HEADER, _answer(10, "a1", "", 1, *calls))

    assert [tool.result for tool in run.tool_calls] == ["one", "two"]
    assert [tool.end_ns // 10**9 % 60 for tool in run.tool_calls] == [12, 13]
    assert all(tool.start_ns // 10**9 % 60 == 10 for tool in run.tool_calls)


def test_the_document_of_older_versions_is_read(source_of: SourceOf) -> None:
    """One JSON object with all messages; the ids are those of the lines."""
    document = {
        **_HEADER,
        "messages": [_WORK[1]["$set"]["messages"][0], *(_WORK[number] for number in (2, 5, 6, 7))],
    }
    pretty, compact = source_of(json.dumps(document, indent=2)), source_of(json.dumps(document))
    lines, _ = _read(source_of, *_WORK)
    run, _ = _run(pretty)

    assert GeminiSession().recognises(pretty)
    assert GeminiSession().recognises(compact)
    assert {span.span_id for span in run.spans} == {span.span_id for span in lines.spans}
    assert _run(compact)[0].tool_calls == run.tool_calls


def test_a_document_that_breaks_off_gives_its_good_part(source_of: SourceOf) -> None:
    """And says where it broke."""
    document = {**_HEADER, "messages": [_user(8, "u1", {"text": "Repair it."}), _answer(10, "a1", "Yes.", 1)]}
    run, skipped = _run(source_of(json.dumps(document, indent=2)[:-30]))

    assert run.root is not None
    assert len(skipped) == 1


def test_an_error_at_the_end_is_the_roots(source_of: SourceOf) -> None:
    """One that was recovered from is not."""
    error = {"id": "e1", "timestamp": _time(15), "type": "error", "content": "[API Error: 429]"}
    run, _ = _read(source_of, *_WORK, error)
    recovered, _ = _read(source_of, *_WORK, error, _answer(16, "a3", "Done.", 3))

    assert run.root is not None
    assert recovered.root is not None
    assert (run.root.status, run.root.status_message) == ("error", "[API Error: 429]")
    assert recovered.root.status == "unset"


def test_what_adds_nothing_is_skipped(source_of: SourceOf) -> None:
    """Notices, rewinds, unknown types, broken lines."""
    notice = {"id": "i1", "timestamp": _time(9), "type": "info", "content": "Update available"}
    run, skipped = _read(
        source_of, *_WORK, notice, {"id": "x", "type": "secret"}, {"$rewindTo": "a1"}, "{broken"
    )

    assert len(run.model_calls) == 2
    assert [item.reason for item in skipped] == [
        "info message",
        "unknown message type",
        "unknown line type",
        "line is no JSON",
    ]


def test_a_header_alone_is_a_run_without_steps(source_of: SourceOf) -> None:
    """A session that was opened and closed."""
    run, _ = _read(source_of, _HEADER)

    assert run.steps == ()
    assert run.root is not None


def test_records_are_known_by_their_header(source_of: SourceOf) -> None:
    """A session id alone is any agent's."""
    assert GeminiSession().recognises(source_of(json.dumps(_HEADER) + "\n"))
    assert not GeminiSession().recognises(source_of('{"sessionId":"x","type":"user"}\n'))
