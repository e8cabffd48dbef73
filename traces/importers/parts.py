"""Messages in the parts form of the GenAI conventions (v1.41), as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from traces.importers.read_json import text

Part = dict[str, Any]
Message = dict[str, Any]


def text_part(content: str) -> Part:
    """Something said."""
    return {"type": "text", "content": content}


def reasoning_part(content: str) -> Part:
    """Something thought."""
    return {"type": "reasoning", "content": content}


def call_part(call_id: str, name: str, arguments: object) -> Part:
    """The wish to call a tool; ``arguments`` are an object, or the text that was sent for one."""
    return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}


def response_part(call_id: str, response: object) -> Part:
    """What a tool call gave."""
    return {"type": "tool_call_response", "id": call_id, "response": response}


def blob_part(mime_type: str, size: int) -> Part:
    """An image or a document, of which only the kind and the size (characters of base64) are kept."""
    modality = mime_type.partition("/")[0] or "file"
    return {"type": "blob", "modality": modality, "mime_type": mime_type, "content": "", "size": size}


def message(role: str, parts: Sequence[Part], finish_reason: str | None = None) -> Message:
    """A message; one of the model's has a reason why it ended, if only an empty one."""
    found: Message = {"role": role, "parts": list(parts)}
    return found if finish_reason is None else {**found, "finish_reason": finish_reason}


def said(parts: Sequence[Part]) -> str:
    """The texts among the parts, a line each."""
    return "\n".join(text(part.get("content")) for part in parts if part.get("type") == "text")
