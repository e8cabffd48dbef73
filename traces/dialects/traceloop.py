"""Traceloop (OpenLLMetry): messages flattened under ``gen_ai.prompt.N`` and ``gen_ai.completion.N``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traces import attributes as names
from traces.dialects.conversation import NormalMessage, normal_messages, plain_text
from traces.dialects.flattened import numbered
from traces.dialects.json_text import json_of, json_text, list_of, literal_object_of, object_of
from traces.dialects.older_genai import older_tokens
from traces.dialects.rewriting import first_of, messages_text, rewritten, texts
from traces.read_attributes import text_of
from traces.span import Attributes, AttributeValue, Span

_PROMPT, _COMPLETION, _FUNCTIONS = "gen_ai.prompt.", "gen_ai.completion.", "llm.request.functions."
_KIND, _TYPE = "traceloop.span.kind", "llm.request.type"
_ENTITY = "traceloop.entity."
_SESSION = ("traceloop.association.properties.session_id", "traceloop.association.properties.thread_id")
_BY_KIND = {"tool": "execute_tool", "agent": "invoke_agent", "workflow": "invoke_workflow"}
_BY_TYPE = {"chat": "chat", "completion": "text_completion", "embedding": "embeddings"}
_FIRST = ("0.role", "0.content", "0.finish_reason")


@dataclass(frozen=True)
class Traceloop:
    """Model calls with flattened messages; workflows, tasks, agents and tools with their entity's in- and output."""

    name: str = "traceloop"
    markers: frozenset[str] = frozenset(
        {_KIND, _TYPE, "llm.usage.total_tokens"}
        | {base + end for base in (_PROMPT, _COMPLETION) for end in _FIRST}
    )

    def translate(self, span: Span) -> tuple[Span, ...]:
        """The span with the operation of its kind."""
        kind = text_of(span.attributes, _KIND)
        found: dict[str, AttributeValue | None] = {
            names.CONVERSATION: first_of(span.attributes, names.CONVERSATION, *_SESSION)
        }
        if kind:
            operation = first_of(span.attributes, names.OPERATION) or _BY_KIND.get(kind)
            found |= {names.OPERATION: operation, **_entity(span, kind)}
            return (rewritten(span, found, source=self.name if operation else ""),)
        found |= _model_call(span.attributes)
        drop = (_PROMPT, _COMPLETION, _FUNCTIONS)
        return (rewritten(span, found, source=self.name, drop=drop),)


def flattened_messages(found: Attributes) -> tuple[list[NormalMessage], list[NormalMessage]]:
    """What was asked and what was answered, out of the flattened attributes."""
    asked = [one for item in numbered(found, _PROMPT) for one in normal_messages(_message(item), "user")]
    answered = [
        one for item in numbered(found, _COMPLETION) for one in normal_messages(_message(item), "assistant")
    ]
    return asked, answered


def flattened_definitions(found: Attributes) -> str | None:
    """The tools that the model could call."""
    tools = [
        {**item, "parameters": json_of(item.get("parameters")) or item.get("parameters")}
        for item in numbered(found, _FUNCTIONS)
    ]
    return json_text(tools) if tools else None


def _model_call(found: Attributes) -> dict[str, AttributeValue | None]:
    asked, answered = flattened_messages(found)
    reasons = tuple(one["finish_reason"] for one in answered if one.get("finish_reason"))
    new: dict[str, AttributeValue | None] = {
        names.OPERATION: first_of(found, names.OPERATION) or _BY_TYPE.get(text_of(found, _TYPE), "chat"),
        names.PROVIDER: first_of(found, names.PROVIDER, "gen_ai.system"),
        names.FINISH_REASONS: texts(found.get(names.FINISH_REASONS)) or reasons,
        names.TOOL_DEFINITIONS: flattened_definitions(found),
        **older_tokens(found),
    }
    new |= {names.INPUT_MESSAGES: messages_text(asked)} if asked else {}
    return new | ({names.OUTPUT_MESSAGES: messages_text(answered)} if answered else {})


def _message(item: Attributes) -> dict[str, Any]:
    """A flattened message as one object; content may be the JSON text of parts."""
    calls = [dict(call) for call in numbered(item, "tool_calls.")]
    single = {"name": item.get("function_call.name"), "arguments": item.get("function_call.arguments")}
    content = item.get("content")
    parts = list_of(content) if isinstance(content, str) and content.startswith("[{") else []
    return {
        "role": text_of(item, "role"),
        "content": parts or content,
        "tool_calls": calls or ([single] if single["name"] else []),
        "tool_call_id": text_of(item, "tool_call_id"),
        "finish_reason": text_of(item, "finish_reason"),
    }


def _entity(span: Span, kind: str) -> dict[str, AttributeValue | None]:
    name = text_of(span.attributes, _ENTITY + "name")
    if kind == "agent":
        return {names.AGENT_NAME: first_of(span.attributes, names.AGENT_NAME) or name}
    if kind != "tool":
        return {}
    return {
        names.TOOL_NAME: first_of(span.attributes, names.TOOL_NAME)
        or name
        or span.name.removesuffix(".tool"),
        names.TOOL_ARGUMENTS: _arguments(text_of(span.attributes, _ENTITY + "input")),
        names.TOOL_RESULT: _result(text_of(span.attributes, _ENTITY + "output")),
    }


def _arguments(given: str) -> str:
    """The arguments, out of what the decorator or the LangChain callback wraps them in."""
    told = object_of(given)
    inputs = told.get("inputs")
    if isinstance(inputs, dict):
        return json_text(inputs)
    literal = literal_object_of(told.get("input_str"))
    if literal:
        return json_text(literal)
    keywords = told.get("kwargs")
    return json_text(keywords) if isinstance(keywords, dict) and keywords and not told.get("args") else given


def _result(given: str) -> str:
    value = json_of(given)
    if isinstance(value, str):
        return value
    output = value.get("output") if isinstance(value, Mapping) else None
    if isinstance(output, Mapping):  # LangChain's tool message
        fields = output.get("kwargs")
        output = fields.get("content") if isinstance(fields, Mapping) else output
    return given if output is None else plain_text(output)
