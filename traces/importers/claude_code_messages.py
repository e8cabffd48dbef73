"""What Claude Code's files say in a message: blocks as parts, calls and results of tools, usage, failures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from traces.importers.parts import Part, blob_part, call_part, reasoning_part, response_part, text_part
from traces.importers.read_json import as_text, count, items, mapping, text, whole
from traces.importers.run_builder import Failure, Tokens
from traces.span import AttributeValue

_CALLS: Final = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_RESULT: Final = "tool_result"
_FINISH: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_call",
    "max_tokens": "length",
    "refusal": "content_filter",
}
_DENIED: Final = re.compile(
    r"The user doesn't want to|Permission to use|Claude requested permissions|User rejected"
)
_INVALID: Final = re.compile(r"InputValidationError|No such tool|tool call could not be parsed")
_EXIT_CODE: Final = re.compile(r"(?:Error: )?Exit code (-?\d{1,9})\b")
_MOST_DETAILS: Final = 40
_LONGEST_DETAIL: Final = 200  # characters; longer ones repeat the result


@dataclass(frozen=True, kw_only=True)
class ToolUse:
    """The model's wish to call a tool; ``arguments`` as they were sent, an object or a broken text."""

    call_id: str
    name: str
    arguments: object


@dataclass(frozen=True, kw_only=True)
class ToolResult:
    """What a tool gave, as the model saw it."""

    call_id: str
    content: str
    is_error: bool


def blocks_of(content: object) -> list[dict[str, Any]]:
    """A message's content as blocks, whichever way it is written."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [
        {"type": "text", "text": item} if isinstance(item, str) else item
        for item in items(content)
        if isinstance(item, (str, dict))
    ]


def part_of(block: Mapping[str, Any]) -> Part:
    """A block in the parts form; one of an unknown type stays as it is, but for long data."""
    kind = text(block.get("type"))
    if kind == "text":
        return text_part(as_text(block.get("text")))
    if kind in {"thinking", "redacted_thinking"}:
        return reasoning_part(text(block.get("thinking")))
    if kind in _CALLS:
        return call_part(text(block.get("id")), text(block.get("name")), block.get("input"))
    if kind.endswith(_RESULT):
        return response_part(text(block.get("tool_use_id")), result_text(block.get("content")))
    if kind in {"image", "document"}:
        source = mapping(block.get("source"))
        return blob_part(text(source.get("media_type")) or kind, len(text(source.get("data"))))
    return dict(block)


def result_text(content: object) -> str:
    """A tool result's content as text; images and documents as a note of their kind."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return as_text(content)
    return "\n".join(_result_block(block) for block in blocks_of(content))


def _result_block(block: Mapping[str, Any]) -> str:
    kind = text(block.get("type"))
    if kind == "text":
        return as_text(block.get("text"))
    if kind in {"image", "document"}:
        return f"[{kind} {text(mapping(block.get('source')).get('media_type'))}]"
    return as_text(dict(block))


def tool_uses(blocks: list[dict[str, Any]]) -> Iterator[ToolUse]:
    """The calls among the blocks."""
    for block in blocks:
        if text(block.get("type")) in _CALLS:
            arguments = block.get("input")
            yield ToolUse(call_id=text(block.get("id")), name=text(block.get("name")), arguments=arguments)


def tool_results(blocks: list[dict[str, Any]]) -> Iterator[ToolResult]:
    """The results among the blocks, of the client's tools and of the server's."""
    for block in blocks:
        if text(block.get("type")).endswith(_RESULT):
            yield ToolResult(
                call_id=text(block.get("tool_use_id")),
                content=result_text(block.get("content")),
                is_error=block.get("is_error") is True,
            )


def tokens_of(usage: object) -> Tokens | None:
    """A call's usage, whose ``input_tokens`` come without the cached ones."""
    found = mapping(usage)
    if not found:
        return None
    cached = count(found.get("cache_read_input_tokens"))
    written = count(found.get("cache_creation_input_tokens"))
    return Tokens(
        input=count(found.get("input_tokens")) + cached + written,
        output=count(found.get("output_tokens")),
        cached=cached,
        cache_written=written,
    )


def finish_reason(stop_reason: object, *, calls_tools: bool) -> str:
    """The conventions' word for why an answer ended; the file may not say it on any of its lines."""
    stated = text(stop_reason)
    return _FINISH.get(stated, stated) or ("tool_call" if calls_tools else "")


def failure_of(result: ToolResult, details: object) -> Failure | None:
    """How a call failed, if the agent says that it did."""
    if mapping(details).get("interrupted") is True:
        return Failure(type="interrupted", message=result.content)
    if not result.is_error:
        return None
    beginning = result.content[:1000]
    if _DENIED.search(beginning):
        return Failure(type="permission_denied", message=result.content)
    if beginning.startswith("[Request interrupted"):
        return Failure(type="interrupted", message=result.content)
    return Failure(
        type="invalid_tool_call" if _INVALID.search(beginning) else "tool_error", message=result.content
    )


def exit_code_of(name: str, result: ToolResult, details: object) -> int | None:
    """A shell command's exit code.

    A failed one has it in its text. One that did not fail exited 0, unless it went to the background, was
    interrupted, or its code has a meaning of its own (``grep`` that found nothing).
    """
    if name not in {"Bash", "PowerShell"}:
        return None
    found = mapping(details)
    stated = next((whole(found[key]) for key in ("exitCode", "exit_code", "code") if key in found), None)
    if stated is not None:
        return stated
    if result.is_error:
        code = _EXIT_CODE.match(result.content)
        return int(code[1]) if code else None
    told = ("interrupted", "backgroundTaskId", "returnCodeInterpretation", "shellId")
    return 0 if "stdout" in found and not any(found.get(key) for key in told) else None


def details_of(details: object) -> dict[str, AttributeValue]:
    """What the agent recorded of a result beside its text: what is short, under its own names."""
    found = {
        f"claude_code.tool_use_result.{key[:80]}": value
        for key, value in mapping(details).items()
        if isinstance(value, bool) or whole(value) is not None or (isinstance(value, str) and value)
    }
    short = {
        key: value
        for key, value in found.items()
        if (not isinstance(value, str) or len(value) <= _LONGEST_DETAIL) and not key.endswith(".stdout")
    }
    return dict(list(short.items())[:_MOST_DETAILS])
