"""Both signals give a call the same id, and read the same answer."""

from __future__ import annotations

import json

import pytest

from traces.agents.draft import RunDraft
from traces.agents.gemini_calls import answer_parts, arguments_of, chat_id, tool_id

SECOND_NS = 1_000_000_000


@pytest.fixture
def draft() -> RunDraft:
    """A run that nothing is known of yet."""
    return RunDraft(source="gemini-cli", conversation="s1", resource={}, scope="")


def test_a_model_call_is_known_by_prompt_tokens_and_minute(draft: RunDraft) -> None:
    """A few milliseconds between the clocks of the two signals do not matter."""
    start = 1_000_020 * SECOND_NS
    known = chat_id(draft, prompt="p", start_ns=start, counts=(1200, 44))

    assert chat_id(draft, prompt="p", start_ns=start + 7_000_000, counts=(1200, 44)) == known
    assert chat_id(draft, prompt="q", start_ns=start, counts=(1200, 44)) != known
    assert chat_id(draft, prompt="p", start_ns=start, counts=(1200, 45)) != known
    assert chat_id(draft, prompt="p", start_ns=start + 61 * SECOND_NS, counts=(1200, 44)) != known


def test_a_tool_call_is_known_by_what_was_asked(draft: RunDraft) -> None:
    """In whatever order the arguments come; in another batch of calls it is another call."""
    known = tool_id(draft, batch="b1", name="ls", arguments={"a": 1, "b": "\ud800"})

    assert tool_id(draft, batch="b1", name="ls", arguments={"b": "\ud800", "a": 1}) == known
    assert tool_id(draft, batch="b2", name="ls", arguments={"a": 1, "b": "\ud800"}) != known
    assert tool_id(draft, batch="b1", name="ls", arguments={"a": 2, "b": "\ud800"}) != known


@pytest.mark.parametrize(
    "text", ["", "[", "7", '[{"parts": 7}]', '[{"candidates": [null]}]', '[{"parts": [{"text": 7}]}]']
)
def test_an_odd_answer_has_no_parts_or_itself(text: str) -> None:
    """Broken JSON is kept as text; JSON that is no answer holds nothing."""
    assert answer_parts(text) == ([{"type": "text", "content": text}] if text == "[" else [])


def test_a_hundred_thousand_pieces_are_joined_at_once() -> None:
    """A long answer comes in very many."""
    pieces = [{"candidates": [{"content": {"parts": [{"text": "x" * 20}]}}]}] * 100_000

    (part,) = answer_parts(json.dumps(pieces))

    assert part == {"type": "text", "content": "x" * 2_000_000}


def test_arguments_are_an_object_or_unknown() -> None:
    """No arguments are known, a text that was cut is not."""
    assert arguments_of("{}") == {}
    assert arguments_of({"a": 1}) == {"a": 1}
    assert arguments_of('{"a": 1') is None
    assert arguments_of("") is None
    assert arguments_of(None) is None
