"""The instruction that a run was given, as far as its trace holds it."""

from __future__ import annotations

import json

from traces import attributes
from traces.run import Run

_LONGEST = 20_000  # characters of an instruction that are read
_CALLS = 8  # the first model calls: where none of them holds it, none does


def instruction_of(run: Run) -> str:
    """The first user message of the first model call that has one; empty where content is redacted."""
    calls = sorted(run.model_calls, key=lambda call: call.start_ns)[:_CALLS]
    wanted = {call.span_id for call in calls}
    spans = {span.span_id: span for span in run.spans if span.span_id in wanted}
    for call in calls:
        span = spans.get(call.span_id)
        raw = span.attributes.get(attributes.INPUT_MESSAGES) if span else None
        text = _first_user_text(raw) if isinstance(raw, str) else ""
        if text:
            return text[:_LONGEST]
    return ""


def _first_user_text(raw: str) -> str:
    try:
        messages = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, dict) and message.get("role") == "user":
            return _text_of(message)
    return ""


def _text_of(message: dict[str, object]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = message.get("parts") or content
    if not isinstance(parts, list):
        return ""
    texts = (part.get("content") or part.get("text") for part in parts if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))
