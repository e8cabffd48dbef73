"""What model APIs answered, where a trajectory keeps the raw response: Chat Completions or Responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traces.importers.parts import Part, call_part, reasoning_part, text_part
from traces.importers.read_json import as_text, items, mapping, parse_json, text, whole
from traces.importers.run_builder import Tokens


@dataclass(frozen=True, kw_only=True)
class AskedCall:
    """A tool call that the model asked for; ``arguments`` is the text that it sent."""

    call_id: str
    name: str
    arguments: str

    @property
    def part(self) -> Part:
        """The call within a message; arguments that are no JSON stay a text."""
        try:
            return call_part(self.call_id, self.name, parse_json(self.arguments))
        except ValueError:
            return call_part(self.call_id, self.name, self.arguments)


def answer_of(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The assistant's message that the response kept with a trajectory's message holds; the message itself without one."""
    choices = items(response_of(message).get("choices"))
    found = mapping(mapping(choices[0]).get("message")) if choices else {}
    return found if message.get("role") != "assistant" and found else message


def response_of(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw response that is kept with a message."""
    return mapping(mapping(message.get("extra")).get("response"))


def finish_reason_of(message: Mapping[str, Any]) -> str:
    """Why the model stopped."""
    choices = items(response_of(message).get("choices"))
    return text(mapping(choices[0]).get("finish_reason")) if choices else ""


def calls_of(answer: Mapping[str, Any]) -> list[AskedCall]:
    """The tool calls of an assistant's message, broken ones too."""
    found = [_chat_call(mapping(call)) for call in items(answer.get("tool_calls"))]
    outputs = (mapping(item) for item in items(answer.get("output")))
    return found + [_responses_call(item) for item in outputs if item.get("type") == "function_call"]


def parts_of(answer: Mapping[str, Any]) -> list[Part]:
    """What an assistant's message says and thinks, without its tool calls."""
    thought = (
        text(answer.get("reasoning_content")) or text(answer.get("reasoning")) or text(answer.get("thought"))
    )
    content = answer.get("content")
    said = content_text(content)
    parts = [reasoning_part(thought)] if thought and thought != said else []
    return [*parts, text_part(said)] if said else parts


def content_text(content: object) -> str:
    """The text of a message's content: a text, or a list of parts of which those with text count."""
    if isinstance(content, list):
        return "\n".join(text(mapping(part).get("text")) or text(part) for part in content)
    return text(content)


def tokens_of(usage: object) -> Tokens | None:
    """Usage under the names of either API; ``None`` where nothing is stated."""
    found = mapping(usage)
    if not found:
        return None
    inputs = mapping(found.get("prompt_tokens_details")) or mapping(found.get("input_tokens_details"))
    outputs = mapping(found.get("completion_tokens_details")) or mapping(found.get("output_tokens_details"))
    return Tokens(
        input=_first_whole(found, "prompt_tokens", "input_tokens"),
        output=_first_whole(found, "completion_tokens", "output_tokens"),
        cached=whole(inputs.get("cached_tokens")),
        reasoning=whole(outputs.get("reasoning_tokens")),
    )


def _first_whole(found: Mapping[str, Any], *keys: str) -> int | None:
    return next((number for key in keys if (number := whole(found.get(key))) is not None), None)


def _chat_call(call: Mapping[str, Any]) -> AskedCall:
    function = mapping(call.get("function"))
    return AskedCall(
        call_id=text(call.get("id")),
        name=text(function.get("name")),
        arguments=as_text(function.get("arguments")),
    )


def _responses_call(item: Mapping[str, Any]) -> AskedCall:
    return AskedCall(
        call_id=text(item.get("call_id")),
        name=text(item.get("name")),
        arguments=as_text(item.get("arguments")),
    )
