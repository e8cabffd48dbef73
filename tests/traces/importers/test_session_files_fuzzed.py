"""Session files with anything in them: an importer goes on, and what it gives can be stored and read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.codec import decode_span, encode_span
from traces.importers.claude_code_session import ClaudeCodeSession
from traces.importers.claude_code_stream import ClaudeCodeStream
from traces.importers.codex_rollout import CodexRollout
from traces.importers.gemini_session import GeminiSession
from traces.importers.importer import Importer, Skipped, Source
from traces.importers.opencode_export import OpenCodeExport
from traces.normal import assemble_all
from traces.span import Span

_TIME = "2026-11-21T00:03:07.000Z"
_TOOL_USE = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "ls", "prompt": "x"}}
_TOOL_RESULT = {
    "type": "tool_result",
    "tool_use_id": "t1",
    "content": [{"type": "text", "text": "a"}],
    "is_error": True,
}
_USAGE = {"input_tokens": 1, "output_tokens": 2, "cache_read_input_tokens": 3}
_ANSWER = {
    "id": "m1",
    "role": "assistant",
    "model": "x",
    "content": [_TOOL_USE],
    "stop_reason": None,
    "usage": _USAGE,
}
_TOLD = {"role": "user", "content": [_TOOL_RESULT]}


def _session() -> list[Any]:
    common = {"sessionId": "s", "timestamp": _TIME, "version": "2", "cwd": "/", "isSidechain": False}
    return [
        {"type": "user", "uuid": "1", **common, "message": {"role": "user", "content": "Hello"}},
        {"type": "assistant", "uuid": "2", **common, "message": _ANSWER, "requestId": "r"},
        {
            "type": "user",
            "uuid": "3",
            **common,
            "isSidechain": True,
            "agentId": "a",
            "message": {"content": "x"},
        },
        {
            "type": "user",
            "uuid": "4",
            **common,
            "message": _TOLD,
            "toolUseResult": {"stdout": "a", "exitCode": 1},
        },
        {
            "type": "system",
            "uuid": "5",
            **common,
            "subtype": "api_error",
            "error": {"status": 529, "message": "x"},
        },
        {"type": "summary", "summary": "x", "leafUuid": "4"},
    ]


def _stream() -> list[Any]:
    common = {"session_id": "s", "uuid": "u", "parent_tool_use_id": None, "timestamp": _TIME}
    usage = {"x": {"inputTokens": 9, "outputTokens": 9}}
    return [
        {"type": "system", "subtype": "init", **common, "tools": ["Bash"], "model": "x"},
        {"type": "assistant", **common, "message": _ANSWER},
        {"type": "user", **common, "parent_tool_use_id": "t1", "message": {"role": "user", "content": "x"}},
        {"type": "user", **common, "message": _TOLD, "tool_use_result": {"interrupted": True}},
        {"type": "system", "subtype": "api_retry", **common, "error_status": 503, "error": "x"},
        {
            "type": "result",
            "subtype": "success",
            **common,
            "duration_ms": 5,
            "modelUsage": usage,
            "total_cost_usd": 1,
        },
    ]


def _rollout() -> list[Any]:
    usage = {"input_tokens": 1, "cached_input_tokens": 1, "output_tokens": 1, "reasoning_output_tokens": 1}
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]}
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": "p"}}}
    found = [
        (
            "session_meta",
            {"id": "s", "source": spawn, "base_instructions": {"text": "x"}, "git": {"branch": "b"}},
        ),
        ("turn_context", {"model": "x", "effort": "high"}),
        ("response_item", {"type": "reasoning", "summary": [{"type": "summary_text", "text": "x"}]}),
        ("response_item", said),
        ("response_item", {"type": "function_call", "name": "shell", "arguments": "{}", "call_id": "c"}),
        ("token_usage_record", {"response_id": "r", "usage": usage, "thread_token_usage": usage}),
        (
            "event_msg",
            {"type": "exec_command_end", "call_id": "c", "exit_code": 1, "duration": {"secs": 1, "nanos": 1}},
        ),
        ("response_item", {"type": "function_call_output", "call_id": "c", "output": "Exit code: 1"}),
        (
            "event_msg",
            {"type": "token_count", "info": {"total_token_usage": usage, "last_token_usage": usage}},
        ),
        ("compacted", {"message": "x"}),
        ("event_msg", {"type": "task_complete", "error": {"message": "x", "codex_error_info": {"a": 1}}}),
    ]
    return [{"timestamp": _TIME, "type": kind, "payload": payload} for kind, payload in found]


def _record() -> list[Any]:
    response = [{"functionResponse": {"id": "c", "name": "x", "response": {"output": "Exit Code: 1"}}}]
    call = {
        "id": "c",
        "name": "run_shell_command",
        "args": {},
        "result": response,
        "status": "error",
        "timestamp": _TIME,
    }
    answer = {
        "id": "a",
        "timestamp": _TIME,
        "type": "gemini",
        "content": [
            {"text": "x"},
            {"functionCall": {"id": "c", "name": "x", "args": {}}},
            {"inlineData": {}},
        ],
        "thoughts": [{"subject": "x", "description": "y"}],
        "tokens": {"input": 1, "output": 1, "cached": 1, "thoughts": 1},
        "toolCalls": [call],
    }
    return [
        {"sessionId": "s", "projectHash": "p", "startTime": _TIME, "lastUpdated": _TIME},
        {"$set": {"messages": [{"id": "u", "type": "user", "timestamp": _TIME, "content": [{"text": "x"}]}]}},
        answer,
        {"id": "r", "type": "user", "timestamp": _TIME, "content": response},
        {"id": "e", "type": "error", "timestamp": _TIME, "content": "x"},
    ]


def _export() -> list[Any]:
    state = {
        "status": "error",
        "input": {"tool": "x", "error": "y"},
        "error": "z",
        "time": {"start": 1, "end": 2},
    }
    tokens = {"input": 1, "output": 1, "reasoning": 1, "cache": {"read": 1, "write": 1}}
    parts = [
        {"type": "text", "text": "x"},
        {
            "type": "tool",
            "tool": "invalid",
            "callID": "c",
            "state": {**state, "metadata": {"exit": 1, "sessionId": "s"}},
        },
        {"type": "step-finish", "reason": "stop", "tokens": tokens, "cost": 0.1},
    ]
    time = {"created": 1_795_219_448_000, "completed": 1_795_219_449_000}
    answer = {
        "id": "a",
        "role": "assistant",
        "time": time,
        "tokens": tokens,
        "error": {"name": "x", "data": {}},
    }
    user = {
        "info": {"id": "u", "role": "user", "time": time},
        "parts": [{"type": "file", "mime": "a/b"}, {"type": "text"}],
    }
    info = {
        "id": "s",
        "projectID": "p",
        "time": {"created": 1, "updated": 2},
        "cost": 1,
        "summary": {"files": 1},
    }
    return [{"info": info, "messages": [user, {"info": answer, "parts": parts}]}]


_FILES: dict[str, tuple[Importer, list[Any]]] = {
    importer.name: (importer, lines)
    for importer, lines in (
        (ClaudeCodeSession(), _session()),
        (ClaudeCodeStream(), _stream()),
        (CodexRollout(), _rollout()),
        (GeminiSession(), _record()),
        (OpenCodeExport(), _export()),
    )
}
_VALUES: list[Any] = [
    None, True, -1, 1.5, 10**30, 10**400, 1e308, float("nan"), float("inf"), "", "x", "\ud800", "\0", "9" * 400,
    "2026-99-99T00:00:00Z", "0001-01-01T00:00:00+14:00", [], {}, [None], ["x"], [[]], {"type": []}, {"text": 5},
    json.loads("[" * 300 + "]" * 300),
]  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path] * bool(path) + [found for key, item in entries for found in _paths(item, (*path, key))]


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], new)
    return copy


def _check(importer: Importer, content: bytes) -> list[Span]:
    source = Source(path=Path("x"), head=content[: 64 << 10], open=lambda: io.BytesIO(content))
    importer.recognises(source)
    found = list(importer.read(source))
    spans = [item for item in found if isinstance(item, Span)]
    stored = [encode_span(span) for span in spans]

    assert stored == [encode_span(item) for item in importer.read(source) if isinstance(item, Span)]
    assert all(decode_span(line) is not None for line in stored)
    assert all(0 <= span.start_ns <= span.end_ns < 2**63 for span in spans)
    assert len({(span.trace_id, span.span_id) for span in spans}) == len(spans)
    assert all(isinstance(item, Span) or len(item.reason) < 80 for item in found)
    assert list(assemble_all(spans)) or not spans
    return spans


def _content(lines: list[Any]) -> bytes:
    return b"\n".join(json.dumps(line).encode() for line in lines) + b"\n"


@pytest.mark.parametrize("name", _FILES)
def test_untouched_files_are_read_as_runs(name: str) -> None:
    """The seeds of what follows are whole."""
    importer, lines = _FILES[name]
    content = _content(lines)
    (run,) = assemble_all(_check(importer, content))

    assert importer.recognises(Source(path=Path("x"), head=content, open=lambda: io.BytesIO(content)))
    assert run.root is not None
    assert run.model_calls
    assert run.tool_calls


@pytest.mark.parametrize("name", _FILES)
def test_any_value_anywhere_is_survived(name: str) -> None:
    """Each value of a file, replaced by each of the values that break things."""
    importer, lines = _FILES[name]
    for number, line in enumerate(lines):
        for place, path in enumerate(_paths(line)):
            for value in (_VALUES[place % len(_VALUES)], _VALUES[(place * 7 + 3) % len(_VALUES)]):
                _check(
                    importer, _content([*lines[:number], _replaced(line, path, value), *lines[number + 1 :]])
                )


@pytest.mark.parametrize("name", _FILES)
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_any_damage_is_survived(name: str, data: st.DataObject) -> None:
    """Several values at once, lines in any order and more than once, bytes changed, the file cut."""
    importer, lines = _FILES[name]
    changed = list(lines)
    for _ in range(data.draw(st.integers(0, 3))):
        number = data.draw(st.integers(0, len(changed) - 1))
        path = data.draw(st.sampled_from(_paths(changed[number])))
        changed[number] = _replaced(changed[number], path, data.draw(st.sampled_from(_VALUES)))
    order = data.draw(st.permutations(range(len(changed))))
    content = _content([changed[number] for number in (*order, *order[: data.draw(st.integers(0, 3))])])
    at = data.draw(st.integers(0, len(content)))
    content = content[:at] + data.draw(st.binary(max_size=4)) + content[at + data.draw(st.integers(0, 9)) :]
    _check(importer, content[: data.draw(st.integers(len(content) // 2, len(content)))])


@pytest.mark.parametrize("name", _FILES)
@settings(max_examples=examples(30), deadline=None, derandomize=True)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_survived(name: str, content: bytes) -> None:
    """What is no file of the format has nothing to read, and breaks nothing."""
    _check(_FILES[name][0], content)


@pytest.mark.parametrize("name", _FILES)
def test_a_file_that_is_cut_gives_its_good_part(name: str) -> None:
    """Its first half, and then the reason why there is no more."""
    importer, lines = _FILES[name]
    content = _content(lines)[:-20]
    source = Source(path=Path("x"), head=content, open=lambda: io.BytesIO(content))
    found = list(importer.read(source))

    assert any(isinstance(item, Span) for item in found)
    assert any(isinstance(item, Skipped) for item in found)
