"""LiteLLM's OTEL callback: one trace for each model call, the tools only inside the next call's messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from traces import attributes as names
from traces.dialects.conversation import NormalMessage, Part, normal_messages, plain_text
from traces.dialects.derived_roots import root_id, root_version
from traces.dialects.json_text import json_text, list_of, literal_object_of, object_of
from traces.dialects.older_genai import older_tokens
from traces.dialects.rewriting import first_of, messages_text, rewritten, texts, whole
from traces.dialects.traceloop import flattened_definitions, flattened_messages
from traces.ids import derived_span_id, derived_trace_id
from traces.read_attributes import text_of
from traces.span import Attributes, AttributeValue, Span

_NAME, _CALL_ID = "litellm_request", "litellm.call_id"
_FLATTENED = ("gen_ai.prompt.", "gen_ai.completion.", "llm.request.functions.")
_NOTHING = ("", "None")  # what the callback writes for a field without value
_SESSION = ("session.id", "metadata.session_id", "metadata.litellm_session_id", "metadata.trace_id")
_REDACTED = "redacted-by-litellm"


@dataclass(frozen=True)
class LiteLlm:
    """Joins the calls of one run by what they begin with, and makes its tool calls out of their messages.

    A call without a parent moves to a trace derived from the process (service name and instance) and the
    session, or else the messages up to the first of the user: runs of one process that begin with the same
    messages become one. A call inside somebody's trace stays there, and its tools are that trace's business.
    """

    name: str = "litellm"
    markers: frozenset[str] = frozenset({_CALL_ID, "llm.is_streaming", "hidden_params"})

    def translate(self, span: Span) -> tuple[Span, ...] | None:
        """The call, with a version of the run's root and the tool calls whose results it brings."""
        if span.name != _NAME or text_of(span.attributes, names.OPERATION) not in {
            "",
            "chat",
            "text_completion",
        }:
            return None
        asked, answered = _messages(span.attributes)
        call = _call(span, asked, answered, self.name)
        key = None if span.parent_id is not None else _run_key(span, asked)
        if key is None:
            return (call,)
        trace_id = derived_trace_id(self.name, *key)
        moved = replace(
            call,
            trace_id=trace_id,
            span_id=derived_span_id(trace_id, "call", span.trace_id, span.span_id),
            parent_id=root_id(trace_id),
            attributes={
                **call.attributes,
                names.SOURCE_TRACE: span.trace_id,
                names.SOURCE_SPAN: span.span_id,
            },
        )
        return (root_version(moved, self.name), *_tools(moved, asked, self.name), moved)


def _messages(found: Attributes) -> tuple[list[NormalMessage], list[NormalMessage]]:
    asked, answered = flattened_messages(found)
    stated = normal_messages(list_of(found.get(names.INPUT_MESSAGES)))
    said = normal_messages(list_of(found.get(names.OUTPUT_MESSAGES)), "assistant")
    calls = [part for one in answered for part in one["parts"] if part["type"] == "tool_call"]
    if said and calls and not any(_calls(one) for one in said):
        # The answer's parts leave the calls out; they are flattened beside it, without ids.
        said[-1] = said[-1] | {"parts": [*said[-1]["parts"], *calls]}
    return stated or asked, said or answered


def _call(span: Span, asked: Sequence[NormalMessage], answered: Sequence[NormalMessage], source: str) -> Span:
    found = span.attributes
    usage = literal_object_of(found.get("metadata.usage_object"))
    prompt, completion = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    cost = object_of(found.get("hidden_params")).get("response_cost")
    new: dict[str, AttributeValue | None] = {
        names.OPERATION: first_of(found, names.OPERATION) or "chat",
        names.PROVIDER: first_of(found, names.PROVIDER, "gen_ai.system"),
        names.FINISH_REASONS: texts(found.get(names.FINISH_REASONS)),
        names.INPUT_MESSAGES: messages_text(asked),
        names.OUTPUT_MESSAGES: messages_text(answered),
        names.TOOL_DEFINITIONS: flattened_definitions(found),
        names.RUN_COST: cost if isinstance(cost, (int, float)) else None,
        **older_tokens(found),
        names.CACHED_TOKENS: whole(prompt.get("cached_tokens")) if isinstance(prompt, dict) else None,
        names.REASONING_TOKENS: (
            whole(completion.get("reasoning_tokens")) if isinstance(completion, dict) else None
        ),
    }
    done = rewritten(span, new, source=source, drop=_FLATTENED)
    return replace(done, attributes={k: v for k, v in done.attributes.items() if v not in _NOTHING})


def _run_key(span: Span, asked: Sequence[NormalMessage]) -> tuple[str, ...] | None:
    """What the calls of one run have in common; ``None`` where the call tells nothing of it."""
    process = (text_of(span.resource, "service.name"), text_of(span.resource, "service.instance.id"))
    session = next((text_of(span.attributes, k) for k in _SESSION if first_of(span.attributes, k)), "")
    if session not in _NOTHING:
        return (*process, "session", session)
    before = list(takewhile(lambda one: one["role"] != "user", asked))
    beginning = json_text(list(asked[: len(before) + 1]))
    if len(before) == len(asked) or _REDACTED in beginning[:1000]:
        return None
    return (*process, "messages", beginning)


def _tools(call: Span, asked: Sequence[NormalMessage], source: str) -> Iterator[Span]:
    """The tool calls whose results are new in this call: those after the last answer of the model.

    When they ran is not told: each gets the last moment before this call, in their order. A history in which
    a failed answer is missing shows a result twice; it is the same span, by the call's id.
    """
    last = max((i for i, one in enumerate(asked) if one["role"] == "assistant"), default=len(asked))
    called = {part["id"]: part for one in asked for part in _calls(one) if part["id"]}
    answers = [part for one in asked[last:] for part in one["parts"] if part["type"] == "tool_call_response"]
    for number, answer in enumerate(answers):
        made = called.get(answer.get("id"))
        if made is not None:
            yield _tool(call, made, answer, max(0, call.start_ns - (len(answers) - number)), source)


def _tool(call: Span, made: Part, answer: Part, time_ns: int, source: str) -> Span:
    call_id, name = str(made.get("id", "")), str(made.get("name", ""))
    attributes: dict[str, AttributeValue] = {
        names.OPERATION: "execute_tool",
        names.TOOL_NAME: name,
        names.TOOL_CALL_ID: call_id,
        names.TOOL_ARGUMENTS: json_text(made.get("arguments", "")),
        names.TOOL_RESULT: plain_text(answer.get("response")),
        names.SOURCE: source,
    }
    return Span(
        trace_id=call.trace_id,
        span_id=derived_span_id(call.trace_id, "tool", call_id),
        parent_id=call.parent_id,
        name=f"execute_tool {name}",
        start_ns=time_ns,
        end_ns=time_ns,
        attributes=attributes,
        resource=call.resource,
        scope=call.scope,
    )


def _calls(one: NormalMessage) -> list[Part]:
    return [part for part in one["parts"] if part["type"] == "tool_call"]
