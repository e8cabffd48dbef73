"""A run as an ATIF trajectory, the format of Harbor and of what reads its trials."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from atif import Trajectory

from traces import attributes as names
from traces.codec import mend
from traces.messages import parse_messages
from traces.read_attributes import text_of
from traces.run import ModelCall, Run, ToolCall
from traces.span import Span

SCHEMA_VERSION = "ATIF-v1.8"
_NANOSECONDS = 1e9
_LATEST_NS = 253_402_300_799 * 1_000_000_000  # the end of the year 9999, after which no calendar date exists


def atif_document(run: Run) -> dict[str, Any]:
    """The run as a trajectory that the format's own models accept.

    A turn is a model call with the tool calls that began before the next one. Arguments that are no JSON
    object are under ``extra.arguments_text``. What ATIF has no field for (outcome, task) is under ``extra``.
    """
    steps = [{"step_id": number, **step} for number, step in enumerate(_steps(run), start=1)]
    document = {
        "schema_version": SCHEMA_VERSION,
        "session_id": run.run_id,
        "trajectory_id": run.run_id,
        "agent": _agent(run),
        "steps": steps or [{"step_id": 1, "source": "system", "message": "the run holds no steps"}],
        "final_metrics": {
            "total_prompt_tokens": run.usage.input_tokens,
            "total_completion_tokens": run.usage.output_tokens,
            "total_cost_usd": run.usage.cost_usd,
            "total_steps": len(steps) or 1,
        },
        "extra": _whole(
            {
                "outcome": run.outcome.value,
                "reason": run.reason,
                "cause": run.cause,
                "task": run.task,
                "harness_commit": run.harness_commit,
            }
        ),
    }
    return Trajectory.model_validate(document).model_dump(mode="json", exclude_none=True)


def _agent(run: Run) -> dict[str, Any]:
    attributes = {} if run.root is None else run.root.attributes
    model = next((call.model for call in run.model_calls if call.model), "")
    return {
        "name": mend(text_of(attributes, names.AGENT_NAME)) or "unknown",
        "version": mend(text_of(attributes, names.AGENT_VERSION)) or "unknown",
        **({"model_name": mend(model)} if model else {}),
    }


def _steps(run: Run) -> Iterator[dict[str, Any]]:
    spans = {span.span_id: span for span in run.spans}
    said: set[tuple[str, str]] = set()
    for call, tools in _turns(run):
        if call is not None:
            yield from _inputs(spans[call.span_id], said)
        yield _turn(call, tools)


def _turns(run: Run) -> Iterator[tuple[ModelCall | None, list[ToolCall]]]:
    call: ModelCall | None = None
    tools: list[ToolCall] = []
    for step in run.steps:
        if isinstance(step, ToolCall):
            tools.append(step)
            continue
        if call is not None or tools:
            yield call, tools
        call, tools = step, []
    if call is not None or tools:
        yield call, tools


def _inputs(span: Span, said: set[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """What system and user said since the call before; histories that repeat the past are told once."""
    for message in parse_messages(text_of(span.attributes, names.INPUT_MESSAGES)):
        if message.role in {"system", "user"} and message.text and (message.role, message.text) not in said:
            said.add((message.role, message.text))
            yield {
                "source": message.role,
                "message": mend(message.text),
                **_stamped(span.start_ns),
            }


def _turn(call: ModelCall | None, tools: Sequence[ToolCall]) -> dict[str, Any]:
    step: dict[str, Any] = {"source": "agent", "message": "" if call is None else mend(call.text)}
    if call is not None:
        step |= _stamped(call.start_ns)
        step["metrics"] = {
            "prompt_tokens": call.usage.input_tokens,
            "completion_tokens": call.usage.output_tokens,
        }
        step |= {"model_name": mend(call.model)} if call.model else {}
        step |= {"reasoning_effort": mend(call.reasoning_effort)} if call.reasoning_effort else {}
        step |= {"extra": {"error": mend(call.error)}} if call.error else {}
    if tools:
        step["tool_calls"] = [_tool_call(tool) for tool in tools]
        step["observation"] = {"results": [_result(tool) for tool in tools]}
    return step


def _tool_call(tool: ToolCall) -> dict[str, Any]:
    # A cut half of a surrogate pair is valid in JSON's escapes and in no file.
    arguments = json.loads(mend(json.dumps(dict(tool.arguments), ensure_ascii=False)))
    document = {
        "tool_call_id": _call_id(tool),
        "function_name": mend(tool.name) or "unknown",
        "arguments": arguments,
    }
    if tool.arguments_text:
        document["extra"] = {"arguments_text": mend(tool.arguments_text)}
    return document


def _result(tool: ToolCall) -> dict[str, Any]:
    extra = _whole({"error": tool.error or "", "exit_code": tool.exit_code})
    return {
        "source_call_id": _call_id(tool),
        "content": mend(tool.result),
        **({"extra": extra} if extra else {}),
    }


def _call_id(tool: ToolCall) -> str:
    return mend(tool.call_id) or tool.span_id


def _stamped(time_ns: int) -> dict[str, str]:
    if not 0 < time_ns <= _LATEST_NS:
        return {}
    return {"timestamp": datetime.fromtimestamp(time_ns / _NANOSECONDS, UTC).isoformat()}


def _whole(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that hold something, in text that UTF-8 can hold."""
    return {
        name: mend(value) if isinstance(value, str) else value
        for name, value in facts.items()
        if value not in (None, "")
    }
