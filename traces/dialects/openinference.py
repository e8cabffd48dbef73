"""OpenInference (Arize): flattened messages, kinds of spans, tools without call ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from traces import attributes as names
from traces.dialects.conversation import (
    NormalMessage,
    Part,
    call_part,
    message,
    messages_in,
    plain_text,
    response_part,
    text_part,
)
from traces.dialects.flattened import numbered
from traces.dialects.json_text import json_of, json_text, literal_object_of, object_of
from traces.dialects.rewriting import first_of, messages_text, rewritten, texts, whole
from traces.evaluations import EVALUATION_EVENT
from traces.read_attributes import text_of
from traces.span import Attributes, AttributeValue, Span, SpanEvent

_KIND = "openinference.span.kind"
_INPUTS, _OUTPUTS, _TOOLS = "llm.input_messages.", "llm.output_messages.", "llm.tools."
_INPUT, _OUTPUT = "input.value", "output.value"
_OPERATIONS = {
    "LLM": "chat",
    "TOOL": "execute_tool",
    "AGENT": "invoke_agent",
    "EMBEDDING": "embeddings",
    "RETRIEVER": "retrieval",
}
_EVALUATIONS = ("trace.evaluations.", "evaluations.")


@dataclass(frozen=True)
class OpenInference:
    """Spans with ``openinference.span.kind``; CHAIN and other wrappers keep their content and are no steps."""

    name: str = "openinference"
    markers: frozenset[str] = frozenset({_KIND})

    def translate(self, span: Span) -> tuple[Span, ...]:
        """The span with its kind's operation and attributes."""
        kind = text_of(span.attributes, _KIND).upper()
        found: dict[str, AttributeValue | None] = {**_common(span)}
        drop: tuple[str, ...] = ()
        if kind in _OPERATIONS:
            found[names.OPERATION] = _OPERATIONS[kind]
        if kind == "LLM":
            found |= _model_call(span.attributes)
            drop = _superfluous(found)
        elif kind == "TOOL":
            found |= _tool(span)
            drop = (_INPUT, _OUTPUT, "input.mime_type", "output.mime_type")
        done = rewritten(span, found, source=self.name if kind in _OPERATIONS else "", drop=drop)
        return (replace(done, events=(*done.events, *_evaluations(span))),)


def _common(span: Span) -> dict[str, AttributeValue | None]:
    found = span.attributes
    return {
        names.CONVERSATION: first_of(found, names.CONVERSATION, "session.id"),
        names.AGENT_NAME: first_of(found, names.AGENT_NAME, "agent.name") or _langchain_agent(span),
    }


def _langchain_agent(span: Span) -> str | None:
    """LangChain's name of the agent, which only the outermost of its CHAIN spans stands for."""
    if span.parent_id is not None or "metadata" not in span.attributes:
        return None
    name = object_of(text_of(span.attributes, "metadata")).get("lc_agent_name")
    return name if isinstance(name, str) else None


def _model_call(found: Attributes) -> dict[str, AttributeValue | None]:
    model = first_of(found, "llm.model_name")
    tokens = "llm.token_count."
    return {
        names.PROVIDER: first_of(found, "llm.provider", "llm.system"),
        names.REQUEST_MODEL: first_of(found, "llm.request.model_name") or model,
        names.RESPONSE_MODEL: first_of(found, "llm.response.model_name") or model,
        names.INPUT_TOKENS: whole(found.get(tokens + "prompt")),
        names.OUTPUT_TOKENS: whole(found.get(tokens + "completion")),
        names.CACHED_TOKENS: whole(found.get(tokens + "prompt_details.cache_read")),
        names.REASONING_TOKENS: whole(found.get(tokens + "completion_details.reasoning")),
        names.RUN_COST: first_of(found, "llm.cost.total"),
        names.FINISH_REASONS: texts(found.get("llm.finish_reason")),
        names.INPUT_MESSAGES: messages_text(_asked(found)),
        names.OUTPUT_MESSAGES: messages_text(_answered(found)),
        names.TOOL_DEFINITIONS: _definitions(found),
    }


def _superfluous(found: dict[str, AttributeValue | None]) -> tuple[str, ...]:
    """The flattened history, and the raw request and response where they gave the messages."""
    drop = [_INPUTS, _OUTPUTS, _TOOLS]
    drop += ["input."] if found.get(names.INPUT_MESSAGES) else []
    drop += ["output."] if found.get(names.OUTPUT_MESSAGES) else []
    return tuple(drop)


def _asked(found: Attributes) -> list[NormalMessage]:
    asked = [_message(one, "user") for one in numbered(found, _INPUTS)]
    return asked or _raw(text_of(found, _INPUT), "user")


def _answered(found: Attributes) -> list[NormalMessage]:
    answered = [_message(one, "assistant") for one in numbered(found, _OUTPUTS)]
    said = text_of(found, _OUTPUT)
    if not answered:
        return _raw(said, "assistant")
    called = any(part["type"] == "tool_call" for one in answered for part in one["parts"])
    if not called and "invalid_tool_calls" in said:
        answered[-1]["parts"] += _invalid_calls(said)
    return answered


def _raw(text: str, role: str) -> list[NormalMessage]:
    """The messages of a raw request or response; one that holds the whole text where it has no known shape."""
    value = json_of(text)
    found = messages_in(value, role) if isinstance(value, (dict, list)) else []
    is_known = any(one["parts"] for one in found)
    return found if is_known or not text else [message(role, [text_part(text)])]


def _invalid_calls(said: str) -> list[Part]:
    """Tool calls whose arguments were no JSON: LangChain keeps them only in the raw response."""
    answers = messages_in(object_of(said), "assistant")
    return [part for one in answers for part in one["parts"] if part.get("type") == "tool_call"]


def _message(found: Attributes, role: str) -> NormalMessage:
    stated = text_of(found, "message.role") or role
    parts = list(_parts(found))
    answered = text_of(found, "message.tool_call_id")
    if answered and stated == "tool":
        parts = [response_part(answered, "\n".join(str(part.get("content", "")) for part in parts))]
    return message(stated, parts)


def _parts(found: Attributes) -> Iterator[Part]:
    content = text_of(found, "message.content")
    if content:
        yield text_part(content)
    for one in numbered(found, "message.contents."):
        text = text_of(one, "message_content.text")
        if text and text != content:
            kind = text_of(one, "message_content.type")
            yield {"type": kind if kind == "reasoning" else "text", "content": text}
    for one in numbered(found, "message.tool_calls."):
        function = "tool_call.function."
        arguments = text_of(one, function + "arguments")
        yield call_part(text_of(one, "tool_call.id"), text_of(one, function + "name"), arguments)


def _definitions(found: Attributes) -> str | None:
    schemas = [text_of(one, "tool.json_schema") for one in numbered(found, _TOOLS)]
    return json_text([json_of(schema) or schema for schema in schemas]) if schemas else None


def _tool(span: Span) -> dict[str, AttributeValue | None]:
    found = span.attributes
    answer = object_of(text_of(found, _OUTPUT))
    data = answer.get("data") if answer.get("type") == "tool" else None  # LangChain's tool message
    told = data if isinstance(data, dict) else {}
    result = plain_text(told.get("content")) if told else text_of(found, _OUTPUT)
    stated = first_of(found, "tool.id", names.TOOL_CALL_ID)
    called = told.get("tool_call_id")
    return {
        names.TOOL_NAME: first_of(found, "tool.name", names.TOOL_NAME) or span.name,
        names.TOOL_CALL_ID: stated or (called if isinstance(called, str) else None),
        names.TOOL_ARGUMENTS: _arguments(text_of(found, _INPUT)),
        names.TOOL_RESULT: result,
        names.ERROR_TYPE: "tool_error" if told.get("status") == "error" else None,
    }


def _arguments(given: str) -> str:
    """The arguments as JSON text; a bare value, which has lost its name, stays as it is."""
    if json_of(given) is not None:
        return given
    literal = literal_object_of(given)
    return json_text(literal) if literal else given


def _evaluations(span: Span) -> Iterator[SpanEvent]:
    """What was said of the whole run; judgements of a single step are not the run's and stay attributes."""
    sources = _EVALUATIONS if span.parent_id is None else _EVALUATIONS[:1]
    for prefix in sources:
        for one in numbered(span.attributes, prefix):
            known = {
                names.EVALUATION_NAME: first_of(one, "evaluation.name"),
                names.EVALUATION_LABEL: first_of(one, "evaluation.label"),
                names.EVALUATION_SCORE: first_of(one, "evaluation.score"),
                names.EVALUATION_EXPLANATION: first_of(one, "evaluation.explanation"),
            }
            said = {key: value for key, value in known.items() if value is not None}
            if said:
                yield SpanEvent(name=EVALUATION_EVENT, time_ns=span.end_ns, attributes=said)
