"""Raw answers of model APIs."""

from __future__ import annotations

from typing import Any

import pytest

from traces.importers.chat_completion import answer_of, calls_of, content_text, parts_of, tokens_of
from traces.importers.run_builder import Tokens


def test_calls_of_both_apis_are_read() -> None:
    """Chat Completions has them in the message, Responses among its outputs."""
    chat = {"tool_calls": [{"id": "1", "function": {"name": "bash", "arguments": "{}"}}, "nonsense"]}
    responses = {
        "output": [
            {"type": "reasoning"},
            {"type": "function_call", "call_id": "2", "name": "ls", "arguments": "{"},
        ]
    }

    assert [(call.call_id, call.name, call.arguments) for call in calls_of(chat)] == [
        ("1", "bash", "{}"),
        ("", "", ""),
    ]
    assert [(call.call_id, call.name, call.arguments) for call in calls_of(responses)] == [("2", "ls", "{")]


def test_arguments_that_are_no_json_stay_a_text() -> None:
    """Broken ones are what a detector looks for."""
    broken, whole = calls_of(
        {"tool_calls": [{"function": {"arguments": '{"a'}}, {"function": {"arguments": '{"a": 1}'}}]}
    )

    assert broken.part["arguments"] == '{"a'
    assert whole.part["arguments"] == {"a": 1}


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (
            {"prompt_tokens": 5, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}},
            Tokens(input=5, output=3, cached=2),
        ),
        (
            {"input_tokens": 5, "output_tokens": 3, "output_tokens_details": {"reasoning_tokens": 1}},
            Tokens(input=5, output=3, reasoning=1),
        ),
        ({"prompt_tokens": "many"}, Tokens()),
        ({}, None),
        (None, None),
        ([1], None),
    ],
)
def test_usage_of_both_apis_is_read(usage: Any, tokens: Tokens | None) -> None:
    """What is not stated stays unknown."""
    assert tokens_of(usage) == tokens


def test_content_is_a_text_or_parts_with_texts() -> None:
    """Images say nothing."""
    assert content_text("a") == "a"
    assert content_text([{"type": "text", "text": "a"}, {"type": "image_url"}, "b"]) == "a\n\nb"
    assert content_text(None) == ""
    assert content_text({"a": 1}) == ""


def test_thoughts_go_before_what_is_said() -> None:
    """Under any of their names; the same text twice is said once."""
    parts = parts_of({"reasoning_content": "hm", "content": "yes"})

    assert [(part["type"], part["content"]) for part in parts] == [("reasoning", "hm"), ("text", "yes")]
    assert [part["type"] for part in parts_of({"thought": "yes", "content": "yes"})] == ["text"]


def test_a_complaint_about_an_answer_holds_the_answer() -> None:
    """It is the user's message that kept it."""
    said = {"role": "assistant", "content": "x"}
    complaint = {"role": "user", "content": "bad", "extra": {"response": {"choices": [{"message": said}]}}}

    assert answer_of(complaint) == said
    assert answer_of(said) == said
