"""Messages as the world writes them (OpenAI, Anthropic, Gemini, LangChain, Vercel), as roles and parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from traces.dialects.json_text import json_of, json_text

Part = dict[str, Any]
NormalMessage = dict[str, Any]

_ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "function": "tool", "developer": "system"}
_LANGCHAIN_CLASSES = {"HumanMessage": "user", "AIMessage": "assistant", "SystemMessage": "system"}
_LANGCHAIN_CLASSES |= {"ToolMessage": "tool", "AIMessageChunk": "assistant", "FunctionMessage": "tool"}


def text_part(content: str) -> Part:
    """Something that was said."""
    return {"type": "text", "content": content}


def call_part(call_id: str, name: str, arguments: object) -> Part:
    """A tool call that the model asked for; arguments that are a JSON text of an object become that object."""
    given = json_of(arguments) if isinstance(arguments, str) else arguments
    kept = given if isinstance(given, dict) else arguments
    return {"type": "tool_call", "id": call_id, "name": name, "arguments": kept}


def response_part(call_id: str, response: object) -> Part:
    """What a tool answered."""
    return {"type": "tool_call_response", "id": call_id, "response": response}


def message(role: str, parts: Iterable[Part], finish_reason: str = "") -> NormalMessage:
    """One message of the GenAI conventions."""
    made: NormalMessage = {"role": role, "parts": list(parts)}
    return made | {"finish_reason": finish_reason} if finish_reason else made


def normal_messages(document: object, role: str = "user") -> list[NormalMessage]:
    """The messages that a document holds, whichever of the known shapes it has.

    ``role`` is for messages that state none. A list of lists (LangChain's batches) is read as one list.
    """
    items = document if isinstance(document, list) else [document]
    found: list[NormalMessage] = []
    for item in items:
        flat = item if isinstance(item, list) else [item]
        found += [_normal(one, role) for one in flat if isinstance(one, (dict, str)) and one]
    return found


def messages_in(document: object, role: str) -> list[NormalMessage]:
    """The messages of a whole request or response, out of what a client library wraps them in."""
    if not isinstance(document, dict):
        return normal_messages(document, role)
    choices = document.get("choices")
    if isinstance(choices, list):
        return [one for choice in choices for one in _choice(choice, role)]
    generations = document.get("generations")
    if isinstance(generations, list):
        flat = [one for item in generations for one in (item if isinstance(item, list) else [item])]
        return [one for choice in flat for one in _choice(choice, role)]
    wrapped = next((document[key] for key in ("messages", "input", "output") if key in document), document)
    return normal_messages(wrapped, role)


def _choice(choice: object, role: str) -> list[NormalMessage]:
    """The answer of a choice; its finish reason goes with it."""
    if not isinstance(choice, dict):
        return normal_messages(choice, role)
    found = normal_messages(choice.get("message") or choice, role)
    info = choice.get("generation_info")
    reason = text_of(choice, "finish_reason") or text_of(
        info if isinstance(info, dict) else {}, "finish_reason"
    )
    return [one | {"finish_reason": reason} if reason else one for one in found]


def text_in(parts: Iterable[Part]) -> str:
    """What the parts say, reasoning and tool calls left out."""
    texts = (part.get("content") for part in parts if part.get("type") == "text")
    return "\n".join(text for text in texts if isinstance(text, str) and text)


def plain_text(value: object) -> str:
    """A tool's answer as text: texts and lists of text parts joined, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, (dict, str)) for item in value):
        parts = [_part(item) for item in value]
        if parts and all(part.get("type") == "text" for part in parts):
            return text_in(parts)
    return "" if value is None else json_text(value)


def _normal(item: dict[str, Any] | str, role: str) -> NormalMessage:
    if isinstance(item, str):
        return message(role, [text_part(item)])
    item, stated = _unwrapped(item)
    stated = stated or role
    parts = list(_parts(item))
    answered = text_of(item, "tool_call_id")
    if stated == "tool" and answered and not any(part.get("type") == "tool_call_response" for part in parts):
        parts = [response_part(answered, text_in(parts))]
    return message(stated, parts, text_of(item, "finish_reason"))


def _unwrapped(item: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The message's own fields and its role; LangChain wraps them in ``kwargs`` or ``data``."""
    inner = item.get("kwargs") if "lc" in item else item.get("data")
    names = item.get("id")
    by_class = _LANGCHAIN_CLASSES.get(str(names[-1]), "") if isinstance(names, list) and names else ""
    fields = inner if isinstance(inner, dict) else item
    role = by_class or text_of(fields, "role") or _ROLES.get(text_of(item, "type"), text_of(item, "type"))
    return fields, _ROLES.get(role, role)


def _parts(item: dict[str, Any]) -> Iterator[Part]:
    if text_of(item, "reasoning_content"):
        yield {"type": "reasoning", "content": item["reasoning_content"]}
    content = item.get("parts", item.get("content", item.get("text")))
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, (dict, str)) and part:
            yield _part(part)
    for key in ("tool_calls", "invalid_tool_calls"):
        calls = item.get(key)
        for call in calls if isinstance(calls, list) else []:
            if isinstance(call, dict):
                yield _call(call)


def _part(item: dict[str, Any] | str) -> Part:
    if isinstance(item, str):
        return text_part(item)
    read = _READERS.get(text_of(item, "type")) or next(
        (reader for key, reader in _BY_KEY.items() if key in item), None
    )
    return {"type": "unknown", **item} if read is None else read(item)


def _call(item: dict[str, Any]) -> Part:
    """A call as OpenAI, LangChain, Anthropic, Vercel and the conventions write it."""
    function = item.get("function")
    fields = function if isinstance(function, dict) else item
    call_id = text_of(item, "id") or text_of(item, "toolCallId") or text_of(item, "call_id")
    name = text_of(fields, "name") or text_of(item, "toolName")
    keys = ("arguments", "args", "input")
    arguments: object = next((fields[key] for key in keys if fields.get(key) is not None), {})
    return call_part(call_id, name, arguments)


def _response(item: dict[str, Any]) -> Part:
    keys = ("id", "tool_use_id", "toolCallId", "call_id")
    call_id = next((text_of(item, key) for key in keys if text_of(item, key)), "")
    answer = next(
        (item[key] for key in ("response", "output", "result", "content") if item.get(key) is not None), ""
    )
    if isinstance(answer, dict) and answer.keys() <= {
        "type",
        "value",
    }:  # Vercel: {"type": "text", "value": …}
        answer = answer.get("value", "")
    return response_part(call_id, plain_text(answer))


def _said(item: dict[str, Any]) -> Part:
    content = item.get("content", item.get("text"))
    kind = "reasoning" if item.get("thought") is True else "text"  # Gemini marks its thoughts
    return {"type": kind, "content": content if isinstance(content, str) else json_text(content)}


def _thought(item: dict[str, Any]) -> Part:
    keys = ("content", "text", "thinking", "reasoning", "summary")
    content = next((item[key] for key in keys if item.get(key)), "")
    return {"type": "reasoning", "content": plain_text(content)}


def _gemini_call(item: dict[str, Any]) -> Part:
    inner = item.get("function_call", item.get("functionCall"))
    return _call(inner) if isinstance(inner, dict) else {"type": "unknown", **item}


def _gemini_response(item: dict[str, Any]) -> Part:
    inner = item.get("function_response", item.get("functionResponse"))
    return _response(inner) if isinstance(inner, dict) else {"type": "unknown", **item}


_Reader = Callable[[dict[str, Any]], Part]
_READERS: Mapping[str, _Reader] = {
    **dict.fromkeys(("text", "input_text", "output_text"), _said),
    **dict.fromkeys(("reasoning", "thinking"), _thought),
    **dict.fromkeys(("tool_call", "tool-call", "tool_use"), _call),
    **dict.fromkeys(("tool_call_response", "tool-result", "tool_result", "function_call_output"), _response),
}
_BY_KEY: Mapping[str, _Reader] = {
    **dict.fromkeys(("function_call", "functionCall"), _gemini_call),
    **dict.fromkeys(("function_response", "functionResponse"), _gemini_response),
    "text": _said,
}


def text_of(item: Mapping[str, Any], key: str) -> str:
    """The field if it is a text, else nothing."""
    value = item.get(key)
    return value if isinstance(value, str) else ""
