"""What Gemini CLI's records say in a message: parts, calls with their results, tokens, exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from traces.importers.parts import Part, blob_part, call_part, reasoning_part, response_part, text_part
from traces.importers.read_json import as_text, count, items, mapping, text
from traces.importers.run_builder import Failure, Tokens

_SHELL: Final = "run_shell_command"
_EDGE: Final = 300  # characters after a command's own output, in which the shell tool tells how it ended
_EXIT_CODE: Final = re.compile(r"^Exit Code: (-?\d{1,9})$", re.MULTILINE)
_ENDED_BADLY: Final = re.compile(
    r"^(?:Exit Code|Signal|Error|Background PIDs): (?!\(none\))|cancelled", re.MULTILINE
)
_INVALID: Final = re.compile(r'params (?:must|/)|params/|Tool "[^"\n]{0,200}" not found')


def said_parts(content: object) -> list[Part]:
    """A message's content, a text or a list of Gemini's parts."""
    if isinstance(content, str):
        return [text_part(content)] if content else []
    found = [content] if isinstance(content, dict) else items(content)
    return [part for item in found if (part := _part(item)) is not None]


def _part(item: object) -> Part | None:
    if isinstance(item, str):
        return text_part(item)
    return _object_part(item) if isinstance(item, dict) else None


def _object_part(item: dict[str, Any]) -> Part:
    if isinstance(item.get("text"), str):
        return reasoning_part(item["text"]) if item.get("thought") is True else text_part(item["text"])
    if isinstance(item.get("functionResponse"), dict):
        answer = item["functionResponse"]
        return response_part(text(answer.get("id")), _response_text(answer.get("response")))
    if isinstance(item.get("functionCall"), dict):
        call = item["functionCall"]
        return call_part(text(call.get("id")), text(call.get("name")), call.get("args"))
    if isinstance(item.get("inlineData"), dict):
        data = item["inlineData"]
        return blob_part(text(data.get("mimeType")) or "file", len(text(data.get("data"))))
    return dict(item)


def answer_parts(value: Mapping[str, Any], calls: Sequence[Mapping[str, Any]]) -> list[Part]:
    """An answer's thoughts, texts and calls."""
    thoughts = [reasoning_part(_thought(mapping(item))) for item in items(value.get("thoughts"))]
    spoken = [
        part for part in said_parts(value.get("content")) if not (calls and part.get("type") == "tool_call")
    ]
    called = [call_part(text(call.get("id")), text(call.get("name")), call.get("args")) for call in calls]
    return [*thoughts, *spoken, *called]


def _thought(item: Mapping[str, Any]) -> str:
    return ": ".join(part for key in ("subject", "description") if (part := text(item.get(key))))


def call_result(call: Mapping[str, Any]) -> str | None:
    """What a call gave, as the model was told; ``None`` where it gave nothing (yet)."""
    result = call.get("result")
    if result is None:
        return None
    if not isinstance(result, list):
        return as_text(result)
    return "\n".join(_result_texts(result))


def _result_texts(result: list[Any]) -> Iterator[str]:
    for item in result:
        answer = mapping(item).get("functionResponse")
        if isinstance(answer, dict):
            yield _response_text(answer.get("response"))
        else:
            yield as_text(mapping(item).get("text", item))


def _response_text(response: object) -> str:
    found = mapping(response)
    for key in ("output", "error"):
        if isinstance(found.get(key), str):
            return str(found[key])
    return as_text(response)


def call_failure(call: Mapping[str, Any], result: str | None) -> Failure | None:
    """How a call failed; a command's exit code is no failure of the tool."""
    status = text(call.get("status"))
    if status == "cancelled":
        return Failure(type="interrupted", message=result or "")
    if status != "error":
        return None
    invalid = _INVALID.match(result or "")
    return Failure(type="invalid_tool_call" if invalid else "tool_error", message=result or "")


def exit_code_of(call: Mapping[str, Any], result: str | None) -> int | None:
    """A command's exit code: as the shell tool writes it, and 0 where it writes nothing of how it ended."""
    if call.get("name") != _SHELL or result is None:
        return None
    found = _EXIT_CODE.findall(result[-_EDGE:])
    if found:
        return int(found[-1])
    ended_well = call.get("status") == "success" and not _ENDED_BADLY.search(result[-_EDGE:])
    return 0 if ended_well else None


def tokens_of(usage: object) -> Tokens | None:
    """An answer's tokens, whose ``output`` comes without thoughts and ``input`` without tools' prompts."""
    found = mapping(usage)
    if not found:
        return None
    return Tokens(
        input=count(found.get("input")) + count(found.get("tool")),
        output=count(found.get("output")) + count(found.get("thoughts")),
        cached=count(found.get("cached")),
        reasoning=count(found.get("thoughts")),
    )
