"""Small files of every format that importers read, as their writers make them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from traces.importers.importer import Importer, Skipped, Source
from traces.span import Span

TRACE = "0af7651916cd43dd8448eb211c80319c"
START = 1_780_000_000  # seconds

SourceOf = Callable[..., Source]
Samples = dict[str, Any]


@pytest.fixture
def source_of() -> SourceOf:
    """Makes a source of bytes, of text, or of anything as JSON."""

    def make(content: object, path: Path = Path("file")) -> Source:
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        data = content
        return Source(path=path, head=data[: 64 << 10], open=lambda: io.BytesIO(data))

    return make


@pytest.fixture
def spans_of() -> Callable[[Importer, Source], list[Span]]:
    """All spans that an importer reads."""
    return lambda importer, source: [item for item in importer.read(source) if isinstance(item, Span)]


@pytest.fixture
def skipped_of() -> Callable[[Importer, Source], list[Skipped]]:
    """All that an importer skips."""
    return lambda importer, source: [item for item in importer.read(source) if isinstance(item, Skipped)]


@pytest.fixture
def samples() -> Samples:
    """A small file of each format, as a JSON value or (for lines) as text."""
    return {
        "otlp-lines": "\n".join(json.dumps({"resourceSpans": [otlp_group()]}) for _ in range(2)),
        "otlp-body": json.dumps({"resourceSpans": [otlp_group()]}, indent=2),
        "tempo": {"batches": [{**otlp_group(kind="SPAN_KIND_CLIENT"), "extra": 1}]},
        "jaeger": jaeger(),
        "flat-spans": "\n".join(json.dumps(span) for span in flat_spans()),
        "nested-spans": nested_spans(),
        "mini-swe-agent": mini_swe_agent_2(),
        "swe-agent": swe_agent(),
        "atif": atif(),
        "harbor-trial": harbor_result(),
        "outcome-list": {"resolved_ids": ["org__repo-1"], "unresolved_ids": ["org__repo-2"]},
    }


def otlp_group(kind: object = 3) -> dict[str, Any]:
    """A group of one model call, as the Collector writes it."""
    span = {
        "traceId": TRACE,
        "spanId": "b7ad6b7169203331",
        "name": "chat gpt-5",
        "kind": kind,
        "startTimeUnixNano": f"{START}000000000",
        "endTimeUnixNano": f"{START + 1}000000000",
        "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "12"}},
            {"key": "flywheel.outcome", "value": {"stringValue": "passed"}},
        ],
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "coder"}}]}
    return {"resource": resource, "scopeSpans": [{"scope": {"name": "my.agent"}, "spans": [span]}]}


def jaeger() -> dict[str, Any]:
    """A trace of an agent with one tool call that failed."""

    def tag(key: str, value: object) -> dict[str, Any]:
        kind = "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "string"
        return {"key": key, "type": kind, "value": value}

    root = {
        "traceID": TRACE,
        "spanID": "00000000000000a1",
        "operationName": "invoke_agent coder",
        "references": [],
        "startTime": START * 1_000_000,
        "duration": 2_000_000,
        "tags": [tag("gen_ai.operation.name", "invoke_agent"), tag("span.kind", "server")],
        "logs": [],
        "processID": "p1",
    }
    tool = {
        **root,
        "spanID": "a2",
        "operationName": "execute_tool bash",
        "references": [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": "00000000000000a1"}],
        "tags": [
            tag("gen_ai.operation.name", "execute_tool"),
            tag("gen_ai.tool.name", "bash"),
            tag("error", True),
            tag("otel.status_description", "it broke"),
            tag("otel.scope.name", "my.agent"),
            tag("size", 7),
        ],
        "logs": [
            {"timestamp": START * 1_000_000, "fields": [tag("event", "exception"), tag("text", "boom")]}
        ],
    }
    process = {"serviceName": "coder", "tags": [tag("host", "h1")]}
    return {"data": [{"traceID": TRACE, "spans": [root, tool], "processes": {"p1": process}}]}


def flat_spans() -> list[dict[str, Any]]:
    """Spans of a flattened dataset: an agent and its model call."""
    root = {
        "trace_id": TRACE,
        "span_id": "00000000000000b1",
        "parent_span_id": "",
        "name": "invoke_agent coder",
        "kind": "SPAN_KIND_INTERNAL",
        "start_time": "2026-05-28T20:26:40.000000001Z",
        "end_time": "2026-05-28T20:26:42Z",
        "status": {"code": "STATUS_CODE_ERROR", "message": "gave up"},
        "resource": {"attributes": {"service.name": "coder"}},
        "scope": {"name": "my.agent", "version": "1"},
        "attributes": {"gen_ai.operation.name": "invoke_agent", "flywheel.outcome": "passed"},
    }
    call = {
        **root,
        "span_id": "00000000000000b2",
        "parent_span_id": "00000000000000b1",
        "name": "chat",
        "attributes": {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 5, "list": ["a", "b"]},
    }
    return [root, call]


def nested_spans() -> dict[str, Any]:
    """A tree of three spans in the shape of an annotated dataset."""

    def span(number: int, children: list[Any]) -> dict[str, Any]:
        return {
            "timestamp": "2026-05-28T20:26:40Z",
            "span_id": f"{number:016x}",
            "span_name": f"step {number}",
            "span_kind": "Internal",
            "service_name": "coder",
            "scope_name": "my.agent",
            "span_attributes": {"openinference.span.kind": "TOOL", "tool.name": "search"},
            "duration": "PT2.5S",
            "status_code": "Error",
            "status_message": "no",
            "events": [{"Name": "log", "Timestamp": "2026-05-28T20:26:41Z", "Attributes": {"a": "b"}}],
            "child_spans": children,
        }

    return {"trace_id": TRACE, "spans": [span(1, [span(2, [span(3, [])])])]}


def completion(number: int, message: dict[str, Any]) -> dict[str, Any]:
    """A raw answer of a Chat Completions API."""
    return {
        "id": f"answer-{number}",
        "created": START + number * 10,
        "model": "gpt-5",
        "choices": [{"finish_reason": "tool_calls", "message": message}],
        "usage": {
            "prompt_tokens": 100 * number,
            "completion_tokens": 10 * number,
            "prompt_tokens_details": {"cached_tokens": 50},
            "completion_tokens_details": {"reasoning_tokens": 3},
        },
    }


def tool_calls(*calls: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Tool calls of (id, name, arguments)."""
    return [
        {"id": call, "type": "function", "function": {"name": name, "arguments": text}}
        for call, name, text in calls
    ]


def mini_swe_agent_2() -> dict[str, Any]:
    """A run of version 2: a broken call, a command that fails, one that times out, a submission that is not executed."""
    broken = {
        "role": "assistant",
        "content": "Read.",
        "tool_calls": tool_calls(("c1", "bash", '{"command": "cat a')),
    }
    fails = {
        "role": "assistant",
        "content": None,
        "tool_calls": tool_calls(("c2", "bash", '{"command": "cat b"}')),
    }
    both = {
        "role": "assistant",
        "content": "Two.",
        "tool_calls": tool_calls(
            ("c3", "bash", '{"command": "ls"}'), ("c4", "bash", '{"command": "sleep 99"}')
        ),
    }
    submits = {
        "role": "assistant",
        "content": "Done.",
        "tool_calls": tool_calls(("c5", "bash", '{"command": "submit"}')),
    }

    def answer(number: int, message: dict[str, Any]) -> dict[str, Any]:
        extra = {"response": completion(number, message), "cost": 0.5, "timestamp": START + number * 10 + 5.5}
        return {**message, "extra": extra}

    def result(call: str, **extra: Any) -> dict[str, Any]:
        return {"role": "tool", "tool_call_id": call, "content": json.dumps(extra), "extra": extra}

    complaint = {
        "role": "user",
        "content": "Tool call error:\n\nno JSON",
        "extra": {"interrupt_type": "FormatError", "cost": 0.5, "response": completion(1, broken)},
    }
    return {
        "info": {
            "exit_status": "LimitsExceeded",
            "submission": "",
            "model_stats": {"instance_cost": 2.0, "api_calls": 4},
            "mini_version": "2.4.6",
            "config": {"model": {"model_name": "openai/gpt-5"}, "agent": {"step_limit": 4}},
        },
        "messages": [
            {"role": "system", "content": "You are helpful."},
            {"role": "user", "content": "Repair it."},
            complaint,
            answer(2, fails),
            result("c2", raw_output="no such file", returncode=1, timestamp=START + 27.5, exception_info=""),
            answer(3, both),
            result(
                "c4", raw_output="", returncode=-1, timestamp=START + 50, exception_info="Command timed out"
            ),
            result("c3", raw_output="a b", returncode=0, timestamp=START + 51, exception_info=""),
            answer(4, submits),
            result("c5", raw_output="", returncode=-1, exception_info="action was not executed"),
            {"role": "exit", "content": "", "extra": {"exit_status": "LimitsExceeded", "submission": ""}},
        ],
        "trajectory_format": "mini-swe-agent-1.1",
    }


def swe_agent() -> dict[str, Any]:
    """A run of SWE-agent 1.x with two steps."""
    history = [
        {"role": "system", "content": "You are helpful.", "agent": "main", "message_type": "system_prompt"},
        {"role": "assistant", "content": "an example", "agent": "main", "is_demo": True, "action": "ls"},
        {"role": "user", "content": "Repair it.", "agent": "main", "message_type": "observation"},
    ]
    steps = []
    for number, action in enumerate(("cat a.py", "submit"), start=1):
        call = tool_calls((f"c{number}", "bash", json.dumps({"command": action})))
        history.append(
            {
                "role": "assistant",
                "content": f"I do {number}.",
                "action": action,
                "agent": "main",
                "tool_calls": call,
            }
        )
        history.append({"role": "tool", "content": f"result {number}", "agent": "main"})
        step = {
            "action": action,
            "observation": f"result {number}",
            "response": f"I do {number}.",
            "thought": "hm",
        }
        steps.append({**step, "execution_time": 1.5, "state": {"cwd": "/repo"}})
    stats = {"instance_cost": 0.25, "tokens_sent": 900, "tokens_received": 30, "api_calls": 2}
    return {
        "environment": "main",
        "trajectory": steps,
        "history": history,
        "info": {
            "exit_status": "submitted (exit_cost)",
            "submission": "diff",
            "model_stats": stats,
            "edited_files30": "a.py",
        },
    }


def atif() -> dict[str, Any]:
    """A trajectory whose writer made two steps of one answer, as converters of coding agents do."""
    time = "2026-04-01T15:27:19.375Z"
    calls = [{"tool_call_id": "t1", "function_name": "Bash", "arguments": {"command": "pytest"}}]
    result = {"source_call_id": "t1", "content": "Exit code 1\n1 failed"}
    return {
        "schema_version": "ATIF-v1.2",
        "session_id": "session-1",
        "agent": {"name": "coder", "version": "2.1", "model_name": "gpt-5", "extra": {"cwd": "/app"}},
        "steps": [
            {
                "step_id": 1,
                "timestamp": "2026-04-01T15:27:07.625Z",
                "source": "user",
                "message": "Repair it.",
            },
            {
                "step_id": 2,
                "timestamp": time,
                "source": "agent",
                "message": "I run the tests.",
                "reasoning_content": "Tests first.",
                "metrics": {
                    "prompt_tokens": 100,
                    "completion_tokens": 9,
                    "cached_tokens": 40,
                    "cost_usd": 0.1,
                },
                "extra": {"stop_reason": "tool_use"},
            },
            {
                "step_id": 3,
                "timestamp": time,
                "source": "agent",
                "message": "Executed Bash t1",
                "tool_calls": calls,
                "observation": {"results": [result]},
                "extra": {"tool_result_is_error": True, "raw_arguments": {"command": "pytest"}},
            },
            {
                "step_id": 4,
                "timestamp": "2026-04-01T15:28:00Z",
                "source": "agent",
                "message": "It fails.",
                "metrics": {"prompt_tokens": 200, "completion_tokens": 5},
            },
        ],
        "final_metrics": {
            "total_prompt_tokens": 300,
            "total_completion_tokens": 14,
            "total_cached_tokens": 40,
            "total_cost_usd": 0.1,
        },
    }


def harbor_result(reward: float | None = 0.0, exception: str = "") -> dict[str, Any]:
    """A trial's result."""
    info = {"exception_type": exception, "exception_message": "it took too long"} if exception else None
    return {
        "id": "trial-id",
        "task_name": "sort-numbers",
        "trial_name": "sort-numbers__abc",
        "source": "terminal-bench",
        "task_checksum": "c0ffee",
        "agent_info": {"name": "coder", "version": "2.1"},
        "agent_result": {"n_input_tokens": 300, "n_cache_tokens": 40, "n_output_tokens": 14},
        "verifier_result": None if reward is None else {"rewards": {"reward": reward}},
        "exception_info": info,
        "started_at": "2026-04-01T15:20:00Z",
        "finished_at": "2026-04-01T15:40:00Z",
        "agent_execution": {"started_at": "2026-04-01T15:27:00Z", "finished_at": "2026-04-01T15:30:00Z"},
    }
