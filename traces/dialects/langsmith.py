"""LangSmith's OTEL export: runs as spans, their inputs and outputs as JSON in ``gen_ai.prompt`` and ``.completion``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from traces import attributes as names
from traces.dialects.conversation import messages_in, normal_messages, plain_text
from traces.dialects.json_text import json_of, json_text, literal_object_of, object_of
from traces.dialects.older_genai import older_tokens
from traces.dialects.rewriting import first_of, messages_text, rewritten, texts, whole
from traces.read_attributes import text_of
from traces.span import Attributes, AttributeValue, Span

_KIND, _NAME = "langsmith.span.kind", "langsmith.trace.name"
_INPUTS, _OUTPUTS = "gen_ai.prompt", "gen_ai.completion"
_METADATA = "langsmith.metadata."
_SESSION = tuple(_METADATA + key for key in ("session_id", "thread_id", "conversation_id"))
_STEPS = {"llm": "chat", "tool": "execute_tool", "embedding": "embeddings"}


@dataclass(frozen=True)
class LangSmith:
    """Model and tool runs are steps; chains, prompts and parsers call themselves operations and are none."""

    name: str = "langsmith"
    markers: frozenset[str] = frozenset({_KIND, _NAME})

    def translate(self, span: Span) -> tuple[Span, ...]:
        """The span with the operation of its run type."""
        kind = text_of(span.attributes, _KIND)
        found: dict[str, AttributeValue | None] = {
            names.CONVERSATION: first_of(span.attributes, names.CONVERSATION, *_SESSION)
        }
        if kind == "llm":
            found |= _model_call(span.attributes)
        elif kind == "tool":
            found |= _tool(span)
        elif kind and text_of(span.attributes, names.OPERATION) != "invoke_agent":
            return (_no_step(rewritten(span, found), kind),)
        found[names.OPERATION] = _STEPS.get(kind) or first_of(span.attributes, names.OPERATION)
        drop = (_INPUTS, _OUTPUTS) if kind in _STEPS else ()
        return (rewritten(span, found, source=self.name, drop=drop),)


def _no_step(span: Span, kind: str) -> Span:
    kept = {key: value for key, value in span.attributes.items() if key != names.OPERATION}
    operation = {names.OPERATION: _STEPS[kind]} if kind in _STEPS else {}
    return replace(span, attributes=kept | operation)


def _model_call(found: Attributes) -> dict[str, AttributeValue | None]:
    cached = literal_object_of(found.get("gen_ai.usage.input_token_details")).get("cache_read")
    reasoning = literal_object_of(found.get("gen_ai.usage.output_token_details")).get("reasoning")
    asked, answered = _document(found, _INPUTS), _document(found, _OUTPUTS)
    return {
        names.PROVIDER: first_of(found, names.PROVIDER, "gen_ai.system", _METADATA + "ls_provider"),
        names.REQUEST_MODEL: first_of(found, names.REQUEST_MODEL, _METADATA + "ls_model_name"),
        names.FINISH_REASONS: texts(found.get(names.FINISH_REASONS)),
        names.INPUT_MESSAGES: messages_text(messages_in(asked, "user")),
        names.OUTPUT_MESSAGES: messages_text(messages_in(answered, "assistant")),
        **older_tokens(found),
        names.CACHED_TOKENS: whole(cached),
        names.REASONING_TOKENS: whole(reasoning),
    }


def _document(found: Attributes, key: str) -> object:
    text = text_of(found, key)
    value = json_of(text)
    return value if isinstance(value, (dict, list)) else text


def _tool(span: Span) -> dict[str, AttributeValue | None]:
    found = span.attributes
    inputs = object_of(found.get(_INPUTS))
    literal = literal_object_of(inputs.get("input")) if inputs.keys() == {"input"} else {}
    call_id, result = _result(text_of(found, _OUTPUTS))
    return {
        names.TOOL_NAME: first_of(found, names.TOOL_NAME, _NAME) or span.name,
        names.TOOL_CALL_ID: first_of(found, names.TOOL_CALL_ID) or call_id,
        names.TOOL_ARGUMENTS: json_text(literal) if literal else text_of(found, _INPUTS),
        names.TOOL_RESULT: result,
    }


def _result(text: str) -> tuple[str, str]:
    """The call's id, where a tool message tells it, and what the tool said."""
    told = object_of(text)
    output = told.get("output", told.get("outputs"))
    if isinstance(output, dict):
        for part in (part for one in normal_messages(output, "tool") for part in one["parts"]):
            if part.get("type") == "tool_call_response":
                return str(part["id"]), plain_text(part["response"])
    return "", text if output is None else plain_text(output)
