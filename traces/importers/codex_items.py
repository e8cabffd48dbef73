"""Codex's response items: messages as parts, results of tools as text with exit code and failure, usage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from traces.importers.parts import Part, blob_part, text_part
from traces.importers.read_json import as_text, count, items, mapping, parse_json, text, to_json, whole
from traces.importers.run_builder import Failure, Tokens

CALLS: Final = frozenset({"function_call", "custom_tool_call", "local_shell_call"})
OUTPUTS: Final = frozenset({"function_call_output", "custom_tool_call_output", "mcp_tool_call_output"})
OWN_CALLS: Final = frozenset(
    {"web_search_call", "image_generation_call", "tool_search_call"}
)  # the provider's
_HEADER: Final = 400  # characters in which the exit code stands, before the command's own output
_EXIT_CODE: Final = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d{1,9})$", re.MULTILINE)
_FAILURES: Final = (
    ("unsupported call", "invalid_tool_call"),
    ("failed to parse function arguments", "invalid_tool_call"),
    ("aborted", "interrupted"),
    ("apply_patch verification failed", "tool_error"),
    ("execution error", "tool_error"),
    ("exec_command failed", "tool_error"),
    ("write_stdin failed", "tool_error"),
    ("patch rejected", "permission_denied"),
    ("exec command rejected", "permission_denied"),
)


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a tool gave; ``failed`` is what the item itself says, if it says anything."""

    content: str
    exit_code: int | None = None
    failed: bool = False


def parts_of(content: object) -> list[Part]:
    """A message's content as parts."""
    if isinstance(content, str):
        return [text_part(content)] if content else []
    return [_part(item) for item in items(content) if isinstance(item, dict)]


def _part(item: Mapping[str, Any]) -> Part:
    if "text" in item:
        return text_part(as_text(item["text"]))
    url = text(item.get("image_url"))
    if url:
        return blob_part(url[5:].partition(";")[0][:60] if url.startswith("data:") else "image", len(url))
    return dict(item)


def reasoning_text(item: Mapping[str, Any]) -> str:
    """The summaries and the text of a reasoning item; what is encrypted stays out."""
    found = [*items(item.get("summary")), *items(item.get("content"))]
    return "\n".join(text(mapping(entry).get("text")) for entry in found if text(mapping(entry).get("text")))


def call_arguments(item: Mapping[str, Any]) -> object:
    """What a tool was called with: a text as the model sent it, or a shell call's action."""
    for key in ("arguments", "input", "action"):
        if item.get(key) is not None:
            return item[key]
    return ""


def call_name(item: Mapping[str, Any]) -> str:
    """The tool's name; calls of the provider's tools are named by their type."""
    return text(item.get("name")) or text(item.get("type")).removesuffix("_call")


def output_of(value: object) -> Output:
    """An output in any of its shapes: text, JSON text with metadata, an object, or content items."""
    if isinstance(value, str):
        return _text_output(value)
    if isinstance(value, dict):
        inner = output_of(value.get("content", value.get("output")))
        return Output(
            content=inner.content or to_json(value),
            exit_code=inner.exit_code,
            failed=value.get("success") is False,
        )
    if isinstance(value, list):
        texts = [part.get("content") or f"[{part.get('type')}]" for part in parts_of(value)]
        return _text_output("\n".join(as_text(found) for found in texts))
    return Output(content=as_text(value))


def _text_output(content: str) -> Output:
    if content.startswith('{"output"'):
        try:
            found = mapping(parse_json(content))
        except ValueError:
            found = {}
        code = whole(mapping(found.get("metadata")).get("exit_code"))
        if isinstance(found.get("output"), str):
            return Output(content=found["output"], exit_code=code)
    header = content[:_HEADER].partition("\nOutput:")[0]
    code_found = _EXIT_CODE.search(header)
    return Output(content=content, exit_code=int(code_found[1]) if code_found else None)


def failure_of(output: Output) -> Failure | None:
    """How a call failed, where the tool and not the command that it ran did."""
    for beginning, kind in _FAILURES:
        if output.content.startswith(beginning):
            return Failure(type=kind, message=output.content)
    return Failure(type="tool_error", message=output.content) if output.failed else None


def tokens_of(usage: object) -> Tokens | None:
    """A usage object of Codex, whose inputs include cached and whose outputs include reasoning tokens."""
    found = mapping(usage)
    if not found:
        return None
    return Tokens(
        input=count(found.get("input_tokens")),
        output=count(found.get("output_tokens")),
        cached=count(found.get("cached_input_tokens")),
        cache_written=count(found.get("cache_write_input_tokens")) or None,
        reasoning=count(found.get("reasoning_output_tokens")),
    )
