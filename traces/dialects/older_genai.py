"""The GenAI conventions up to 1.36: other names for provider and tokens, messages in events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from traces import attributes as names
from traces.dialects.conversation import NormalMessage, messages_in, normal_messages
from traces.dialects.json_text import json_of, object_of
from traces.dialects.rewriting import first_of, messages_text, rewritten, texts, whole
from traces.read_attributes import text_of
from traces.span import Attributes, AttributeValue, Span, SpanEvent

_SYSTEM = "gen_ai.system"
_PROMPT_TOKENS, _COMPLETION_TOKENS = "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens"
_PROMPT, _COMPLETION = "gen_ai.prompt", "gen_ai.completion"
_ASKED = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_CHOICE = "gen_ai.choice"
_CONTENT_EVENTS = {_PROMPT: "gen_ai.content.prompt", _COMPLETION: "gen_ai.content.completion"}
_STRUCTURED = ("content", "tool_calls", "message", "gen_ai.event.content")


@dataclass(frozen=True)
class OlderGenAi:
    """Spans with ``gen_ai.system`` or the old names of tokens, prompt and completion."""

    name: str = "genai-1.36"
    markers: frozenset[str] = frozenset({_SYSTEM, _PROMPT_TOKENS, _COMPLETION_TOKENS, _PROMPT, _COMPLETION})

    def translate(self, span: Span) -> tuple[Span, ...]:
        """The span under today's names; what it says under them already stays."""
        found = span.attributes
        operation = first_of(found, names.OPERATION) or ("chat" if _has_model(found) else None)
        new: dict[str, AttributeValue | None] = {
            names.OPERATION: operation,
            names.PROVIDER: first_of(found, names.PROVIDER, _SYSTEM),
            names.FINISH_REASONS: texts(found.get(names.FINISH_REASONS)),
            **older_tokens(found),
        }
        if names.INPUT_MESSAGES not in found:
            new[names.INPUT_MESSAGES] = messages_text(_asked(span))
        if names.OUTPUT_MESSAGES not in found:
            new[names.OUTPUT_MESSAGES] = messages_text(_answered(span))
        return (rewritten(span, new, source=self.name if operation else ""),)


def older_tokens(found: Attributes) -> dict[str, AttributeValue | None]:
    """Tokens under any of the names that they have had."""
    usage = "gen_ai.usage."
    return {
        names.INPUT_TOKENS: whole(first_of(found, names.INPUT_TOKENS, _PROMPT_TOKENS)),
        names.OUTPUT_TOKENS: whole(first_of(found, names.OUTPUT_TOKENS, _COMPLETION_TOKENS)),
        names.CACHED_TOKENS: whole(
            first_of(found, names.CACHED_TOKENS, usage + "cache_read_input_tokens", usage + "cached_tokens")
        ),
        names.REASONING_TOKENS: whole(
            first_of(found, names.REASONING_TOKENS, usage + "reasoning_tokens", "llm.usage.reasoning_tokens")
        ),
    }


def _has_model(found: Attributes) -> bool:
    return first_of(found, names.REQUEST_MODEL, names.RESPONSE_MODEL) is not None


def _asked(span: Span) -> list[NormalMessage]:
    told = _content(span, _PROMPT)
    if told is not None:
        return messages_in(told, "user")
    return [
        one
        for event in span.events
        if event.name in _ASKED
        for one in normal_messages(_event_message(event), _ASKED[event.name])
    ]


def _answered(span: Span) -> list[NormalMessage]:
    told = _content(span, _COMPLETION)
    if told is not None:
        return messages_in(told, "assistant")
    choices = [_event_message(event) for event in span.events if event.name == _CHOICE]
    return messages_in({"choices": choices}, "assistant")


def _content(span: Span, key: str) -> object:
    """The prompt or completion: an attribute of the span or, for a while, of an event."""
    told = text_of(span.attributes, key)
    for event in span.events if not told else ():
        if event.name == _CONTENT_EVENTS[key]:
            told = told or text_of(event.attributes, key)
    if not told:
        return None
    parsed = json_of(told)
    return parsed if isinstance(parsed, (dict, list)) else told


def _event_message(event: SpanEvent) -> dict[str, Any]:
    """A message that an event holds, in one attribute or in several; a tool's has the call's id as its own."""
    found: dict[str, Any] = dict(event.attributes)
    for key in _STRUCTURED:
        parsed = json_of(found.get(key))
        if isinstance(parsed, (dict, list)):
            found[key] = parsed
    found |= object_of(event.attributes.get("gen_ai.event.content"))
    if event.name == "gen_ai.tool.message":
        found["tool_call_id"] = found.get("id", "")
    if isinstance(found.get("message"), str):
        found["message"] = {"content": found["message"]}
    return found
