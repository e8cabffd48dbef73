"""The GenAI conventions up to 1.36 are read as today's."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from traces import attributes as names
from traces.dialects.older_genai import OlderGenAi
from traces.messages import parse_messages
from traces.normal import assemble
from traces.span import Span, SpanEvent

MakeSpan = Callable[..., Span]
OLD = {
    "gen_ai.system": "openai",
    "gen_ai.request.model": "gpt-x",
    "gen_ai.usage.prompt_tokens": 97,
    "gen_ai.usage.completion_tokens": 52,
    "gen_ai.usage.cache_read_input_tokens": 9,
    "gen_ai.usage.reasoning_tokens": 5,
    "gen_ai.response.finish_reasons": '["stop"]',
}


def _read(span: Span) -> Span:
    [found] = OlderGenAi().translate(span)
    return found


def _event(name: str, **attributes: str | int) -> SpanEvent:
    return SpanEvent(name=name, time_ns=1, attributes=attributes)


def test_old_names(span: MakeSpan) -> None:
    """Provider, tokens and the operation that a model without one must have had."""
    found = _read(span(OLD))
    call = assemble([found]).model_calls[0]

    assert found.attributes[names.PROVIDER] == "openai"
    assert (call.usage.input_tokens, call.usage.output_tokens) == (97, 52)
    assert (call.usage.cached_tokens, call.usage.reasoning_tokens, call.finish_reason) == (9, 5, "stop")


def test_what_is_said_in_todays_names_stays(span: MakeSpan) -> None:
    """Where both dialects are spoken at once, today's counts."""
    both = {
        **OLD, names.OPERATION: "text_completion", names.PROVIDER: "azure.ai.openai", names.INPUT_TOKENS: 1,
        names.OUTPUT_MESSAGES: "[]", "gen_ai.completion": "another",
    }  # fmt: skip
    found = _read(span(both)).attributes

    assert (found[names.OPERATION], found[names.PROVIDER]) == ("text_completion", "azure.ai.openai")
    assert (found[names.INPUT_TOKENS], found[names.OUTPUT_MESSAGES]) == (1, "[]")


def test_no_model_no_call(span: MakeSpan) -> None:
    """Somebody's span that only names a provider does not become a model call."""
    assert names.OPERATION not in _read(span({"gen_ai.system": "openai"})).attributes


@pytest.mark.parametrize(
    "completion",
    [
        "It rains.",
        '{"text": "It rains.", "finish_reason": "stop"}',
        '[{"role": "assistant", "content": "It rains."}]',
        '{"choices": [{"message": {"role": "assistant", "content": "It rains."}}]}',
    ],
)
def test_prompt_and_completion(span: MakeSpan, completion: str) -> None:
    """In one attribute each, of any shape; or in the attribute of an event."""
    attribute = _read(span({**OLD, "gen_ai.prompt": "Weather?", "gen_ai.completion": completion}))
    event = _read(
        span(OLD, events=(_event("gen_ai.content.completion", **{"gen_ai.completion": completion}),))
    )

    assert assemble([attribute]).model_calls[0].text == "It rains."
    assert assemble([event]).model_calls[0].text == "It rains."
    assert parse_messages(str(attribute.attributes[names.INPUT_MESSAGES]))[0].text == "Weather?"


def test_one_event_for_each_message(span: MakeSpan) -> None:
    """Roles come from the events' names, calls and answers from their attributes."""
    calls = json.dumps([{"id": "c1", "type": "function", "function": {"name": "get", "arguments": "{}"}}])
    found = _read(
        span(
            OLD,
            events=(
                _event("gen_ai.system.message", content="Be brief."),
                _event("gen_ai.user.message", **{"gen_ai.event.content": '{"content": "Weather?"}'}),
                _event("gen_ai.assistant.message", tool_calls=calls),
                _event("gen_ai.tool.message", content="rain", id="c1"),
                _event("gen_ai.choice", index=0, finish_reason="stop", message='{"content": "It rains."}'),
                _event("gen_ai.choice", index=1, finish_reason="stop", message="Rain."),
                _event("something.else", content="?"),
            ),
        )
    )
    asked = json.loads(str(found.attributes[names.INPUT_MESSAGES]))

    assert [message["role"] for message in asked] == ["system", "user", "assistant", "tool"]
    assert asked[2]["parts"][0]["name"] == "get"
    assert asked[3]["parts"] == [{"type": "tool_call_response", "id": "c1", "response": "rain"}]
    assert assemble([found]).model_calls[0].text == "It rains.\nRain."
