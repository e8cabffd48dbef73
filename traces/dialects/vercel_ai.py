"""Vercel's AI SDK: an outer call that repeats the inner one, and tool calls beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from traces import attributes as names
from traces.dialects.conversation import (
    NormalMessage,
    call_part,
    message,
    normal_messages,
    text_of,
    text_part,
)
from traces.dialects.derived_roots import root_version
from traces.dialects.json_text import json_of, json_text, list_of, object_of
from traces.dialects.rewriting import aside, first_of, messages_text, rewritten, texts, whole
from traces.read_attributes import number_of
from traces.read_attributes import text_of as attribute_text
from traces.span import Attributes, AttributeValue, Span

_OPERATION = "ai.operationId"
_MODEL_CALLS = (".doGenerate", ".doStream")
_CONTENT = (
    "ai.prompt",
    "ai.response.text",
    "ai.response.toolCalls",
    "ai.response.reasoning",
    "ai.response.object",
)
_OPENCODE = "opencode"  # the scope of its spans
_PARENT_SESSION = "ai.request.headers.x-parent-session-id"
_TITLE = "title generator"  # in the first words of the system prompt of such a call
_TITLE_WITHIN = 300  # characters
_INVALID = "invalid"  # the tool that stands in for an unknown one, or for one whose arguments were no JSON


@dataclass(frozen=True)
class VercelAi:
    """Spans with ``ai.operationId``. Outer calls (``ai.streamText``) are no steps: the inner ones are."""

    name: str = "vercel-ai"
    markers: frozenset[str] = frozenset({_OPERATION})

    def translate(self, span: Span) -> tuple[Span, ...]:
        """A model call, a tool call, or the span with its conversation."""
        operation = attribute_text(span.attributes, _OPERATION)
        found = _common(span.attributes)
        if operation.endswith(_MODEL_CALLS):
            found |= _model_call(span.attributes)
            if _is_title(span.attributes):
                return (aside(span, "title", found),)
            call = rewritten(span, found, source=self.name, drop=_CONTENT)
            return (_opencode_root(call), call) if span.scope == _OPENCODE else (call,)
        if operation == "ai.toolCall":
            return (_tool_call(span, found, self.name),)
        return (rewritten(span, found),)


def _common(found: Attributes) -> dict[str, AttributeValue | None]:
    session = ("session.id", "ai.telemetry.metadata.sessionId", "ai.telemetry.metadata.conversationId")
    return {names.CONVERSATION: first_of(found, names.CONVERSATION, *session)}


def _model_call(found: Attributes) -> dict[str, AttributeValue | None]:
    return {
        names.OPERATION: "chat",
        names.PROVIDER: first_of(found, names.PROVIDER, "gen_ai.system", "ai.model.provider"),
        names.REQUEST_MODEL: first_of(found, names.REQUEST_MODEL, "ai.model.id"),
        names.RESPONSE_MODEL: first_of(found, names.RESPONSE_MODEL, "ai.response.model"),
        names.RESPONSE_ID: first_of(found, names.RESPONSE_ID, "ai.response.id"),
        names.FINISH_REASONS: texts(first_of(found, names.FINISH_REASONS, "ai.response.finishReason")),
        names.INPUT_TOKENS: _tokens(
            found, "ai.usage.inputTokens", "ai.usage.promptTokens", names.INPUT_TOKENS
        ),
        names.OUTPUT_TOKENS: _tokens(
            found, "ai.usage.outputTokens", "ai.usage.completionTokens", names.OUTPUT_TOKENS
        ),
        names.CACHED_TOKENS: _tokens(
            found, "ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens"
        ),
        names.REASONING_TOKENS: _tokens(
            found, "ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens"
        ),
        names.INPUT_MESSAGES: messages_text(normal_messages(list_of(found.get("ai.prompt.messages")))),
        names.OUTPUT_MESSAGES: messages_text(_answered(found)),
        names.TOOL_DEFINITIONS: _definitions(found),
    }


def _opencode_root(call: Span) -> Span:
    """OpenCode's own spans above its calls end last and are lost when it exits; a sub-agent is in the same trace."""
    return root_version(
        call,
        _OPENCODE,
        agent_name=_OPENCODE,
        agent_version=attribute_text(call.resource, "service.version"),
        conversation=first_of(call.attributes, _PARENT_SESSION, names.CONVERSATION) or "",
    )


def _tokens(found: Attributes, *keys: str) -> int | None:
    return whole(first_of(found, *keys))


def _answered(found: Attributes) -> list[NormalMessage]:
    reasoning = attribute_text(found, "ai.response.reasoning")
    said = attribute_text(found, "ai.response.text") or attribute_text(found, "ai.response.object")
    parts = [{"type": "reasoning", "content": reasoning}] if reasoning else []
    parts += [text_part(said)] if said else []
    for call in list_of(found.get("ai.response.toolCalls")):
        if isinstance(call, dict):
            name, arguments = _called(text_of(call, "toolName"), call.get("input", call.get("args")))
            parts.append(call_part(text_of(call, "toolCallId"), name, arguments))
    return [message("assistant", parts)] if parts else []


def _definitions(found: Attributes) -> str | None:
    given = texts(found.get("ai.prompt.tools"))
    return json_text([json_of(tool) or tool for tool in given]) if given else None


def _is_title(found: Attributes) -> bool:
    """Whether the call made up a conversation's title, which is no step of the agent's work."""
    if first_of(found, "ai.prompt.tools", "ai.response.toolCalls") is not None:
        return False
    return _TITLE in attribute_text(found, "ai.prompt.messages")[:_TITLE_WITHIN].lower()


def _called(name: str, arguments: object) -> tuple[str, object]:
    """The tool and the arguments that the model gave, behind the stand-in for an invalid call."""
    told = arguments if isinstance(arguments, dict) else object_of(arguments)
    if name == _INVALID and text_of(told, "tool") and "error" in told:
        return text_of(told, "tool"), told
    return name, arguments


def _tool_call(span: Span, found: dict[str, AttributeValue | None], source: str) -> Span:
    given = attribute_text(span.attributes, "ai.toolCall.args")
    stated = attribute_text(span.attributes, "ai.toolCall.name")
    name, _ = _called(stated, given)
    if not given and names.TOOL_NAME in span.attributes:  # read before
        return rewritten(span, found)
    result, code = _result(attribute_text(span.attributes, "ai.toolCall.result"))
    found |= {
        names.OPERATION: "execute_tool",
        names.TOOL_NAME: name,
        names.TOOL_CALL_ID: attribute_text(span.attributes, "ai.toolCall.id"),
        names.TOOL_ARGUMENTS: given,
        names.TOOL_RESULT: result,
        names.EXIT_CODE: code,
    }
    raw = "ai.toolCall.result"  # stays where it holds more than the model got to see
    drop = ("ai.toolCall.args",) if result != span.attributes.get(raw) else ("ai.toolCall.args", raw)
    done = rewritten(span, found, source=source, drop=drop)
    if name == stated:
        return done
    failed = {**done.attributes, names.ERROR_TYPE: "invalid_tool_call"}
    return replace(done, status="error", status_message=text_of(object_of(given), "error"), attributes=failed)


def _result(text: str) -> tuple[str, int | None]:
    """What the model got to see of a tool's result, and the command's exit code beside it (OpenCode)."""
    value = json_of(text)
    if isinstance(value, str):
        return value, None
    if not isinstance(value, dict) or not isinstance(value.get("output"), str) or "metadata" not in value:
        return text, None
    return value["output"], _exit_code(value["metadata"])


def _exit_code(metadata: Any) -> int | None:
    if not isinstance(metadata, Mapping) or isinstance(metadata.get("exit"), (bool, str)):
        return None
    code = number_of(metadata, "exit")
    return None if code is None else int(code)
