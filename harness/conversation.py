"""Messages of a run: from LangChain's to the GenAI conventions' JSON, and repairs of what a model sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from harness.hands.toolbox import INVALID_ARGUMENTS

INPUT_PART_LIMIT = 4_000  # characters of one part of an input message that are recorded
RESULT_LIMIT = 32_000  # characters of a tool's result that are recorded
_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool"}


def input_json(messages: Sequence[BaseMessage]) -> str:
    """``gen_ai.input.messages`` of these messages, long parts cut in the middle."""
    return _dump([{"role": role_of(message), "parts": _parts(message)} for message in messages])


def output_json(message: AIMessage) -> str:
    """``gen_ai.output.messages`` of a model's answer, whole."""
    parts: list[dict[str, Any]] = []
    if text := message.text:
        parts.append({"type": "text", "content": text})
    parts += [tool_call_part(call) for call in message.tool_calls]
    reason = finish_reason(message)
    return _dump([{"role": "assistant", "parts": parts, "finish_reason": reason}])


def role_of(message: BaseMessage) -> str:
    """The conventions' word for who speaks."""
    return _ROLES.get(message.type, message.type)


def finish_reason(message: AIMessage) -> str:
    """Why the model stopped, by its own word or by what it sent."""
    told = message.response_metadata.get("finish_reason") or message.response_metadata.get("stop_reason")
    return str(told or ("tool_calls" if message.tool_calls else "stop"))


def tool_call_part(call: Mapping[str, Any]) -> dict[str, Any]:
    """A tool call as a part; arguments that were no JSON appear as the text they were."""
    arguments = call["args"]
    if isinstance(arguments, dict) and INVALID_ARGUMENTS in arguments:
        arguments = arguments[INVALID_ARGUMENTS]
    return {"type": "tool_call", "id": call["id"], "name": call["name"], "arguments": arguments}


def with_valid_calls(message: AIMessage) -> AIMessage:
    """The answer with its broken tool calls made proper ones, so that the loop goes on and the model is told.

    LangChain files them under ``invalid_tool_calls`` and its agent ends as if nothing were wanted.
    """
    if not message.invalid_tool_calls and all(call["id"] for call in message.tool_calls):
        return message
    calls = [dict(call) for call in message.tool_calls] + [
        {"name": call["name"] or "unknown", "args": {INVALID_ARGUMENTS: call["args"] or ""}, "id": call["id"]}
        for call in message.invalid_tool_calls
    ]
    named = [
        {**call, "id": call["id"] or f"call-{number}", "type": "tool_call"}
        for number, call in enumerate(calls)
    ]
    extra = {name: value for name, value in message.additional_kwargs.items() if name != "tool_calls"}
    return message.model_copy(
        update={"tool_calls": named, "invalid_tool_calls": [], "additional_kwargs": extra}
    )


def new_messages(before: Sequence[BaseMessage], now: Sequence[BaseMessage]) -> list[BaseMessage]:
    """What ``now`` has beyond the beginning it shares with ``before``, the model's own answers left out."""
    shared = 0
    for old, new in zip(before, now, strict=False):
        if not same_message(old, new):
            break
        shared += 1
    return [message for message in now[shared:] if not isinstance(message, AIMessage)]


def same_message(one: BaseMessage, other: BaseMessage) -> bool:
    """Whether two messages say the same."""
    return (
        one.type == other.type
        and one.content == other.content
        and getattr(one, "tool_calls", None) == getattr(other, "tool_calls", None)
    )


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning and end around a note of how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters …]\n{text[-half:]}"


def _parts(message: BaseMessage) -> list[dict[str, Any]]:
    text = shortened(message.text, INPUT_PART_LIMIT)
    if isinstance(message, ToolMessage):
        return [{"type": "tool_call_response", "id": message.tool_call_id, "response": text}]
    return [{"type": "text", "content": text}]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
