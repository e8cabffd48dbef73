"""What Claude Code's log events and spans say alike of its model and tool calls."""

from __future__ import annotations

from collections.abc import Mapping

from traces import attributes as names
from traces.agents.draft import CACHE_CREATION_TOKENS, RunDraft, Stated
from traces.agents.reading import compact, count_of, object_of, shown_of
from traces.read_attributes import number_of, text_of
from traces.span import Attributes, AttributeValue

SOURCE = "claude-code"
PREFIX = "claude_code."
SCOPES = "com.anthropic.claude_code"
SESSION = "session.id"
GRACE_NS = (
    50_000_000  # a span is ended early by this: its log, which knows cost and errors, is to be the last
)
_MINUTE_NS = 60_000_000_000
_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens")
_TITLE = "title"  # as in the query source "generate_session_title"

# The same on every record of a session: on the root is enough.
COMMON = frozenset(
    {
        "app.version",
        "app.entrypoint",
        "organization.id",
        "user.id",
        "user.email",
        "user.account_uuid",
        "user.account_id",
        "terminal.type",
    }
)
_SAID_OTHERWISE = frozenset({"event.name", "event.timestamp", SESSION, "span.type", "gen_ai.system", *COMMON})
_CHAT_SAID = frozenset(
    {
        *_TOKENS,
        "model",
        "request_id",
        "effort",
        "cost_usd",
        "error",
        "response",
        "stop_reason",
        names.REQUEST_MODEL,
    }
)
_TOOL_SAID = frozenset({"tool_name", "tool_use_id", "tool_input", "error", names.TOOL_CALL_ID})
_ARGUMENTS = {
    "full_command": "command",
    "file_path": "file_path",
    "skill_name": "skill",
    "subagent_type": "subagent_type",
}


def chat_id(draft: RunDraft, found: Attributes, end_ns: int) -> str:
    """The id of a model call: by the API's or the client's id of the request.

    Where neither is told (other providers), by its tokens, or the number of the attempt, and the minute.
    """
    request = text_of(found, "request_id") or text_of(found, names.RESPONSE_ID)
    request = request or text_of(found, "client_request_id")
    if request:
        return draft.span_id("chat", request)
    alike = [text_of(found, key) for key in (*_TOKENS, "attempt" if "input_tokens" not in found else "")]
    return draft.span_id("chat", *alike, str(end_ns // _MINUTE_NS))


def tool_id(draft: RunDraft, found: Attributes, otherwise: str) -> str:
    """The id of a tool call: by the model's id of it, which older versions do not tell."""
    call_id = text_of(found, "tool_use_id") or text_of(found, names.TOOL_CALL_ID)
    return draft.span_id("tool", call_id) if call_id else draft.span_id("tool", "", otherwise)


def chat_attributes(found: Attributes) -> dict[str, AttributeValue | None]:
    """A model call's attributes. The API counts input without what was read from or written to the cache."""
    asked = [count_of(found, key) for key in (_TOKENS[0], *_TOKENS[2:])]
    told = any(count is not None for count in asked)
    return {
        names.PROVIDER: "anthropic",
        names.ASIDE: "title" if _TITLE in text_of(found, "query_source") else None,
        names.RESPONSE_ID: text_of(found, "request_id") or text_of(found, names.RESPONSE_ID),
        names.RESPONSE_MODEL: text_of(found, "model"),
        names.FINISH_REASONS: _reasons(found),
        names.INPUT_TOKENS: sum(count or 0 for count in asked) if told else None,
        names.OUTPUT_TOKENS: count_of(found, "output_tokens"),
        names.CACHED_TOKENS: count_of(found, "cache_read_tokens"),
        CACHE_CREATION_TOKENS: count_of(found, "cache_creation_tokens"),
        names.REASONING_EFFORT: text_of(found, "effort"),
        names.RUN_COST: number_of(found, "cost_usd"),
        **{key: value for key, value in rest(found).items() if key not in _CHAT_SAID},
    }


def tool_attributes(found: Attributes) -> dict[str, AttributeValue | None]:
    """A tool call's attributes; its arguments are told as a whole, in parts, or (by default) not at all."""
    return {
        names.TOOL_CALL_ID: text_of(found, "tool_use_id") or text_of(found, names.TOOL_CALL_ID),
        names.TOOL_ARGUMENTS: shown_of(found, "tool_input") or _told_arguments(found),
        **{key: value for key, value in rest(found).items() if key not in _TOOL_SAID},
    }


def rest(found: Attributes) -> dict[str, AttributeValue]:
    """What is said beyond what stands on the root."""
    return {key: value for key, value in found.items() if key not in _SAID_OTHERWISE}


def answer_parts(body: str) -> list[dict[str, object]]:
    """The parts of a response's body, where bodies are told and not cut; without its reasoning, as it is redacted."""
    content = object_of(body).get("content")
    parts: list[dict[str, object]] = []
    for block in map(object_of, content if isinstance(content, list) else []):
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            parts.append({"type": "text", "content": block["text"]})
        elif block.get("type") == "tool_use":
            call = {"id": str(block.get("id", "")), "name": str(block.get("name", ""))}
            parts.append({"type": "tool_call", **call, "arguments": block.get("input", {})})
    return parts


def common(found: Attributes) -> Stated:
    """What the root says."""
    version = text_of(found, "app.version")
    return {names.AGENT_VERSION: version, **{key: found.get(key) for key in sorted(COMMON)}}


def _told_arguments(found: Attributes) -> str:
    parameters: Mapping[str, object] = {**found, **object_of(text_of(found, "tool_parameters"))}
    told = {name: parameters[key] for key, name in _ARGUMENTS.items() if parameters.get(key)}
    return compact(told) if told else ""


def _reasons(found: Attributes) -> tuple[str, ...] | None:
    reasons = found.get(names.FINISH_REASONS)
    if isinstance(reasons, tuple):
        return tuple(str(reason) for reason in reasons)
    reason = text_of(found, "stop_reason")
    return (reason,) if reason else None
