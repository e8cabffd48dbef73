"""Google's Agent Development Kit: requests and responses as JSON under ``gcp.vertex.agent.``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traces import attributes as names
from traces.dialects.conversation import NormalMessage, message, normal_messages, plain_text, text_part
from traces.dialects.json_text import json_text, object_of
from traces.dialects.rewriting import aside, first_of, messages_text, rewritten, texts, whole
from traces.read_attributes import text_of
from traces.span import AttributeValue, Span

_PREFIX = "gcp.vertex.agent."
_REQUEST, _RESPONSE = _PREFIX + "llm_request", _PREFIX + "llm_response"
_ARGUMENTS, _RESULT = _PREFIX + "tool_call_args", _PREFIX + "tool_response"
_CONTENT = (_REQUEST, _RESPONSE, _ARGUMENTS, _RESULT)
_MERGED = "execute_tool (merged)"  # repeats the parallel tool calls beside it


@dataclass(frozen=True)
class GoogleAdk:
    """Model and tool calls of the kit; its ``invoke_agent`` spans have today's names already."""

    name: str = "google-adk"
    markers: frozenset[str] = frozenset(
        {_PREFIX + "event_id", _PREFIX + "invocation_id", _REQUEST, _RESPONSE, _ARGUMENTS, _RESULT}
    )

    def translate(self, span: Span) -> tuple[Span, ...]:
        """A model call, a tool call, or the span with its provider and conversation."""
        found = _common(span)
        if span.name.startswith(_MERGED):
            return (aside(span, "merged", found),)
        if _ARGUMENTS in span.attributes or text_of(span.attributes, names.OPERATION) == "execute_tool":
            return (rewritten(span, found | _tool(span), source=self.name, drop=_CONTENT),)
        if _REQUEST in span.attributes or _RESPONSE in span.attributes:
            found |= _model_call(span)
            drop = (_REQUEST, _RESPONSE) if names.OUTPUT_MESSAGES in found else ()
            return (rewritten(span, found, source=self.name, drop=drop),)
        return (rewritten(span, found, source=self.name if names.OPERATION in span.attributes else ""),)


def _common(span: Span) -> dict[str, AttributeValue | None]:
    found = span.attributes
    return {
        names.PROVIDER: first_of(found, names.PROVIDER, "gen_ai.system"),
        names.CONVERSATION: first_of(found, names.CONVERSATION, _PREFIX + "session_id"),
        names.FINISH_REASONS: texts(found.get(names.FINISH_REASONS)),
    }


def _model_call(span: Span) -> dict[str, AttributeValue | None]:
    found = span.attributes
    request, response = object_of(found.get(_REQUEST)), object_of(found.get(_RESPONSE))
    reason = response.get("finish_reason")
    stated = texts(found.get(names.FINISH_REASONS))
    config = _object(request, "config")
    return {
        names.OPERATION: "chat",
        names.REQUEST_MODEL: first_of(found, names.REQUEST_MODEL) or _text(request, "model"),
        names.INPUT_MESSAGES: messages_text(_asked(request, config)),
        names.OUTPUT_MESSAGES: messages_text(_answered(response)),
        names.TOOL_DEFINITIONS: json_text(config["tools"]) if config.get("tools") else None,
        names.FINISH_REASONS: stated or texts(reason.lower() if isinstance(reason, str) else None),
        names.ERROR_TYPE: _text(response, "error_code") or None,
        **_usage(span, _object(response, "usage_metadata")),
    }


def _usage(span: Span, told: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
    """The kit's own output tokens leave the thoughts out."""
    thoughts = whole(told.get("thoughts_token_count"))
    said = whole(told.get("candidates_token_count"))
    output = whole(span.attributes.get(names.OUTPUT_TOKENS)) if said is None else said + (thoughts or 0)
    return {
        names.INPUT_TOKENS: whole(told.get("prompt_token_count")),
        names.OUTPUT_TOKENS: output,
        names.CACHED_TOKENS: whole(told.get("cached_content_token_count")),
        names.REASONING_TOKENS: thoughts,
    }


def _asked(request: Mapping[str, Any], config: Mapping[str, Any]) -> list[NormalMessage]:
    told = config.get("system_instruction")
    system = plain_text(told.get("parts") if isinstance(told, dict) else told)
    contents = request.get("contents")
    asked = normal_messages(contents) if isinstance(contents, list) else []
    return ([message("system", [text_part(system)])] if system else []) + asked


def _answered(response: Mapping[str, Any]) -> list[NormalMessage]:
    content = response.get("content")
    return normal_messages(content, "assistant") if isinstance(content, dict) else []


def _tool(span: Span) -> dict[str, AttributeValue | None]:
    found = span.attributes
    answer = text_of(found, _RESULT)
    told = object_of(answer)
    failed = told.get("isError") is True or isinstance(told.get("error"), str)
    return {
        names.OPERATION: "execute_tool",
        names.TOOL_NAME: first_of(found, names.TOOL_NAME) or span.name.removeprefix("execute_tool "),
        names.TOOL_CALL_ID: first_of(
            found, names.TOOL_CALL_ID, "gen_ai.tool.call_id", _PREFIX + "tool_call_id"
        ),
        names.TOOL_ARGUMENTS: text_of(found, _ARGUMENTS),
        names.TOOL_RESULT: _said(told) or answer,
        names.ERROR_TYPE: first_of(found, names.ERROR_TYPE) or ("tool_error" if failed else None),
    }


def _said(told: Mapping[str, Any]) -> str:
    """What the tool said, out of the wrapping of MCP or of the kit."""
    if isinstance(told.get("content"), list) and told.keys() <= {"content", "isError", "structuredContent"}:
        return plain_text(told["content"])
    result = told.get("result")
    return result if told.keys() == {"result"} and isinstance(result, str) else ""


def _object(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""
