"""What Gemini CLI's logs and spans have in common of one call: enough to give it the same id from both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from traces.agents.draft import RunDraft
from traces.agents.reading import document_of, object_of

SOURCE = "gemini-cli"
GRACE_NS = (
    50_000_000  # what the version that knows less of a call is ended early: of two, the last to end counts
)
_MINUTE_NS = 60_000_000_000
_SECOND_NS = 1_000_000_000


def chat_id(draft: RunDraft, *, prompt: str, start_ns: int, counts: tuple[int, int]) -> str:
    """The id of a model call. Neither signal knows the other's id of it, but both count its tokens.

    ``counts`` are input tokens and those of the answer without thoughts. Empty answers are asked for again
    within a minute, though never within a second.
    """
    period = _MINUTE_NS if counts[1] else _SECOND_NS
    return draft.span_id("chat", prompt, str(counts[0]), str(counts[1]), str(start_ns // period))


def tool_id(draft: RunDraft, *, batch: str, name: str, arguments: Mapping[str, object]) -> str:
    """The id of a tool call by what was asked: the log has no call id, but the span of its batch of calls."""
    try:
        text = json.dumps(arguments, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        text = ""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return draft.span_id("tool", batch, name, digest)


def answer_parts(text: str) -> list[dict[str, object]]:
    """The parts of an answer: of the native messages of a span, or the streamed pieces of a log.

    A text that is no JSON (long ones are cut) is kept as the one part that it is.
    """
    document = document_of(text)
    if document is None:
        return [{"type": "text", "content": text}] if text else []
    parts = [
        part
        for message in _messages(document)
        for found in (message.get("parts"),)
        for part in map(_part, found if isinstance(found, list) else [])
        if part
    ]
    return [
        part for kind, group in groupby(parts, key=itemgetter("type")) for part in _joined(kind, list(group))
    ]


def _messages(document: object) -> list[dict[str, object]]:
    pieces = document if isinstance(document, list) else [document]
    messages: list[dict[str, object]] = []
    for piece in map(object_of, pieces):
        candidates = piece.get("candidates")
        if isinstance(candidates, list):
            messages += [object_of(object_of(one).get("content")) for one in candidates]
        else:
            messages.append(piece)
    return messages


def _part(given: object) -> dict[str, object]:
    part = object_of(given)
    call = object_of(part.get("functionCall"))
    if call:
        found = {"type": "tool_call", "name": str(call.get("name", "")), "arguments": call.get("args", {})}
        return {**found, "id": str(call["id"])} if call.get("id") else found
    kind = "reasoning" if part.get("thought") is True else "text"
    text = part.get("text")
    return {"type": kind, "content": text} if isinstance(text, str) and text else {}


def _joined(kind: object, parts: list[dict[str, object]]) -> list[dict[str, object]]:
    """Pieces of a text that was streamed as one part, calls as they are."""
    if kind == "tool_call":
        return parts
    return [{"type": kind, "content": "".join(str(part["content"]) for part in parts)}]


def arguments_of(value: object) -> dict[str, object] | None:
    """A call's arguments, from JSON text or as they are; ``None`` where they are not told, or cut."""
    found = document_of(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else None
