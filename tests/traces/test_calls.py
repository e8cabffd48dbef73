"""Spans of the GenAI conventions become calls."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from traces import attributes as names
from traces.calls import activations_of, error_of, model_call, tool_call
from traces.run import Usage
from traces.testing import TraceBuilder


def test_a_model_call(spans: TraceBuilder) -> None:
    """Everything that a chat span states."""
    call = model_call(
        spans.chat(
            "done",
            tools=("bash",),
            reasoning_effort="high",
            prompt_hash="p",
            tools_hash="t",
            finish_reasons=("stop",),
        )
    )

    assert (call.model, call.text, call.tool_names, call.finish_reason) == (
        "simulated:coder",
        "done",
        ("bash",),
        "stop",
    )
    assert call.usage == Usage(input_tokens=100, output_tokens=10)
    assert (call.reasoning_effort, call.prompt_hash, call.tools_hash) == ("high", "p", "t")
    assert call.error is None


def test_a_model_call_without_content(spans: TraceBuilder) -> None:
    """Content may be redacted at the source: the metadata is still a call."""
    call = model_call(spans.span(attributes={names.OPERATION: "chat", names.REQUEST_MODEL: "gpt"}))

    assert (call.model, call.text, call.tool_names, call.finish_reason) == ("gpt", "", (), "")
    assert (call.reasoning_effort, call.usage) == (None, Usage())


def test_the_finish_reason_may_stand_in_the_message(spans: TraceBuilder) -> None:
    """Where the span has none, the answer's counts."""
    assert model_call(spans.chat("done")).finish_reason == "stop"


@pytest.mark.parametrize("text", ["not json", "[1, 2]", '{"cut": "of', '"text"', "12"])
def test_arguments_that_are_no_object_are_kept_as_text(spans: TraceBuilder, text: str) -> None:
    """A model's broken call is evidence, not an exception."""
    call = tool_call(spans.tool("bash", text, "error"))

    assert call.arguments == {}
    assert call.arguments_text == text


def test_a_tool_call(spans: TraceBuilder) -> None:
    """Arguments, result and id; a stated exit code goes before one in the text."""
    call = tool_call(spans.tool("bash", {"command": "x"}, "[exit code: 1]", tool_call_id="c1", exit_code=0))

    assert (call.name, call.arguments, call.call_id) == ("bash", {"command": "x"}, "c1")
    assert (call.exit_code, call.error) == (0, None)


def test_an_exit_code_from_text(spans: TraceBuilder) -> None:
    """Where no attribute has it."""
    assert tool_call(spans.tool("bash", {"command": "x"}, "boom\n[exit code: 2]")).exit_code == 2


def test_errors(spans: TraceBuilder) -> None:
    """Type and message, whichever is there; a type alone is an error too."""
    plain = spans.span()
    kind = {names.ERROR_TYPE: "timeout"}

    assert error_of(plain) is None
    assert error_of(replace(plain, attributes=kind)) == "timeout"
    assert error_of(replace(plain, status="error")) == "error"
    assert error_of(replace(plain, status="error", status_message="broke")) == "broke"
    assert (
        error_of(replace(plain, status="error", status_message="broke", attributes=kind)) == "timeout: broke"
    )


def test_activations(spans: TraceBuilder) -> None:
    """Only the events of that name, with what they say."""
    event = spans.activation("TimeBudget", "half is gone")
    span = spans.span(events=(event, replace(event, name="other")))
    (activation,) = activations_of(span)

    assert (activation.middleware, activation.reason, activation.span_id) == (
        "TimeBudget",
        "half is gone",
        span.span_id,
    )


def test_token_counts_as_text(spans: TraceBuilder) -> None:
    """Some exporters write numbers as strings; nonsense counts as none."""
    call = model_call(spans.chat("x", input_tokens="12", output_tokens=json.dumps({})))

    assert call.usage == Usage(input_tokens=12, output_tokens=0)
