"""Model calls, tool calls and activations, read from spans that follow the GenAI conventions."""

from __future__ import annotations

import json
from collections.abc import Iterator

from traces import attributes as names
from traces.exit_codes import exit_code_of
from traces.messages import Message, parse_messages
from traces.read_attributes import number_of, text_of, texts_of, whole_of
from traces.run import Activation, ModelCall, ToolCall, Usage
from traces.span import Span

MODEL_OPERATIONS = frozenset({"chat", "generate_content", "text_completion"})
TOOL_OPERATION = "execute_tool"
AGENT_OPERATION = "invoke_agent"


def operation_of(span: Span) -> str:
    """The span's ``gen_ai.operation.name``; empty where it has none."""
    return text_of(span.attributes, names.OPERATION)


def model_call(span: Span) -> ModelCall:
    """A model call's span in normal form."""
    found = span.attributes
    answers = parse_messages(text_of(found, names.OUTPUT_MESSAGES))
    return ModelCall(
        span_id=span.span_id,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        model=text_of(found, names.RESPONSE_MODEL) or text_of(found, names.REQUEST_MODEL),
        text="\n".join(answer.text for answer in answers if answer.text),
        tool_names=tuple(name for answer in answers for name in answer.tool_names),
        finish_reason=_finish_reason(span, answers),
        usage=usage_of(span),
        error=error_of(span),
        reasoning_effort=text_of(found, names.REASONING_EFFORT) or None,
        prompt_hash=text_of(found, names.PROMPT_HASH) or None,
        tools_hash=text_of(found, names.TOOLS_HASH) or None,
    )


def tool_call(span: Span) -> ToolCall:
    """A tool call's span in normal form."""
    found = span.attributes
    text = text_of(found, names.TOOL_ARGUMENTS)
    arguments = _json_object(text)
    name = text_of(found, names.TOOL_NAME)
    result = text_of(found, names.TOOL_RESULT)
    exit_code = number_of(found, names.EXIT_CODE)
    return ToolCall(
        span_id=span.span_id,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        call_id=text_of(found, names.TOOL_CALL_ID),
        name=name,
        arguments=arguments or {},
        arguments_text="" if arguments is not None else text,
        result=result,
        error=error_of(span),
        exit_code=exit_code_of(name, arguments or {}, result) if exit_code is None else int(exit_code),
    )


def activations_of(span: Span) -> Iterator[Activation]:
    """What middleware claims to have done during the span."""
    for event in span.events:
        if event.name == names.ACTIVATED:
            yield Activation(
                span_id=span.span_id,
                time_ns=event.time_ns,
                middleware=text_of(event.attributes, names.ACTIVATED_NAME),
                reason=text_of(event.attributes, names.ACTIVATED_REASON),
            )


def usage_of(span: Span) -> Usage:
    """The tokens and the cost that the span states of itself."""
    return Usage(
        input_tokens=whole_of(span.attributes, names.INPUT_TOKENS),
        output_tokens=whole_of(span.attributes, names.OUTPUT_TOKENS),
        cost_usd=number_of(span.attributes, names.RUN_COST) or 0.0,
        cached_tokens=whole_of(span.attributes, names.CACHED_TOKENS),
        reasoning_tokens=whole_of(span.attributes, names.REASONING_TOKENS),
    )


def error_of(span: Span) -> str | None:
    """The span's error as ``type: message``, as far as there is one."""
    kind = text_of(span.attributes, names.ERROR_TYPE)
    if span.status != "error" and not kind:
        return None
    return ": ".join(part for part in (kind, span.status_message) if part) or "error"


def _finish_reason(span: Span, answers: tuple[Message, ...]) -> str:
    stated = texts_of(span.attributes, names.FINISH_REASONS)
    found = (*stated, *(answer.finish_reason for answer in answers))
    return next((reason for reason in found if reason), "")


def _json_object(text: str) -> dict[str, object] | None:
    """The object that the text is; empty for an empty text, ``None`` for anything else."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
