"""Messages of the GenAI conventions: JSON texts of roles and parts, as far as they can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message: its role, what it says (reasoning left out) and the names of the tools it calls."""

    role: str
    text: str
    tool_names: tuple[str, ...] = ()
    finish_reason: str = ""


def parse_messages(text: str) -> tuple[Message, ...]:
    """The messages of ``gen_ai.input.messages`` or ``gen_ai.output.messages``.

    A text that is no JSON (agents cut long ones) becomes one message of an unknown role that holds it.
    """
    if not text.strip():
        return ()
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return (Message(role="", text=text),)
    items = document if isinstance(document, list) else [document]
    return tuple(_message(item) for item in items)


def _message(item: Any) -> Message:
    if not isinstance(item, dict):
        return Message(role="", text=item if isinstance(item, str) else json.dumps(item))
    parts = tuple(_parts(item))
    texts = (_part_text(part) for part in parts)
    return Message(
        role=_text(item.get("role")),
        text="\n".join(text for text in texts if text),
        tool_names=_tool_names(parts),
        finish_reason=_text(item.get("finish_reason")),
    )


def _parts(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    parts = item.get("parts", item.get("content"))
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, dict):
            yield part
        elif isinstance(part, str):
            yield {"type": "text", "content": part}


def _part_text(part: dict[str, Any]) -> str:
    if part.get("type", "text") != "text":
        return ""
    return _text(part.get("content", part.get("text")))


def _tool_names(parts: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(_text(part.get("name")) for part in parts if part.get("type") == "tool_call")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
