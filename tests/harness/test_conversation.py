"""Messages in the GenAI conventions' form, and repairs of what models send."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolCall, ToolMessage

from harness.conversation import (
    finish_reason,
    input_json,
    new_messages,
    output_json,
    same_message,
    shortened,
    with_valid_calls,
)
from harness.hands.toolbox import INVALID_ARGUMENTS

CALL = {"name": "bash", "args": {"command": "ls"}, "id": "1", "type": "tool_call"}


def test_an_answer_has_its_text_and_calls_as_parts() -> None:
    """With the reason for which the model stopped."""
    answer = AIMessage(content="let me look", tool_calls=[CALL])
    (message,) = json.loads(output_json(answer))

    assert message["finish_reason"] == "tool_calls"
    assert [part["type"] for part in message["parts"]] == ["text", "tool_call"]
    assert message["parts"][1]["arguments"] == {"command": "ls"}


def test_inputs_are_cut_in_the_middle() -> None:
    """A long tool result keeps its beginning and its end, where middleware leaves its notes."""
    long = ToolMessage("a" * 9000 + "NOTE", tool_call_id="1")
    (message,) = json.loads(input_json([long]))
    response = message["parts"][0]["response"]

    assert message["role"] == "tool"
    assert len(response) < 4100
    assert response.startswith("aaa")
    assert response.endswith("NOTE")


def test_short_texts_stay_whole() -> None:
    """Nothing is said about what is not missing."""
    assert shortened("abc", 3) == "abc"


def test_new_messages_are_those_after_the_shared_beginning() -> None:
    """The model's own answers are left out: they were recorded as outputs."""
    before = [SystemMessage("s"), HumanMessage("h")]
    answer, result = AIMessage(content="", tool_calls=[CALL]), ToolMessage("r", tool_call_id="1")

    assert new_messages([], before) == before
    assert new_messages(before, [*before, answer, result]) == [result]


def test_a_changed_history_is_recorded_from_the_change_on() -> None:
    """Middleware that rewrites messages is seen to do so."""
    before = [SystemMessage("s"), HumanMessage("h"), ToolMessage("long", tool_call_id="1")]
    now = [
        SystemMessage("s"),
        HumanMessage("h"),
        ToolMessage("short", tool_call_id="1"),
        HumanMessage("note"),
    ]

    assert new_messages(before, now) == now[2:]


def test_broken_calls_become_calls_that_are_answered() -> None:
    """They keep their name and id, and their text as it came; proper ones stay first."""
    broken = {"name": "bash", "args": '{"command": ', "id": "2", "error": None}
    nameless = {"name": None, "args": None, "id": None, "error": None}
    answer = AIMessage(content="", tool_calls=[CALL], invalid_tool_calls=[broken, nameless])
    repaired = with_valid_calls(answer)

    assert [call["name"] for call in repaired.tool_calls] == ["bash", "bash", "unknown"]
    assert repaired.tool_calls[1]["args"] == {INVALID_ARGUMENTS: '{"command": '}
    assert all(call["id"] for call in repaired.tool_calls)
    assert repaired.invalid_tool_calls == []
    assert '"arguments": "{\\"command\\": "' in output_json(repaired)


def test_a_proper_answer_is_left_alone() -> None:
    """The very same message."""
    answer = AIMessage(content="x", tool_calls=[CALL])

    assert with_valid_calls(answer) is answer


@given(text=st.text(max_size=300), limit=st.integers(2, 100))
def test_a_shortened_text_keeps_both_ends(text: str, limit: int) -> None:
    """And says exactly how much is missing between them."""
    short = shortened(text, limit)
    if len(text) <= limit:
        assert short == text
        return
    half = limit // 2

    assert short.startswith(text[:half])
    assert short.endswith(text[-half:])
    assert f"[… {len(text) - 2 * half} characters …]" in short


MESSAGE = st.sampled_from([
    SystemMessage("s"), HumanMessage("a"), HumanMessage("b"), AIMessage("x"), AIMessage("", tool_calls=[CALL]),
    ToolMessage("r", tool_call_id="1"),
])  # fmt: skip


@given(before=st.lists(MESSAGE, max_size=5), added=st.lists(MESSAGE, max_size=4))
def test_what_is_added_at_the_end_is_what_is_new(before: list[BaseMessage], added: list[BaseMessage]) -> None:
    """Without the model's own answers; nothing is told twice."""
    assert new_messages(before, [*before, *added]) == [
        message for message in added if not isinstance(message, AIMessage)
    ]


def test_a_changed_tool_call_is_a_change() -> None:
    """The same text with other arguments is another message."""
    one = AIMessage(content="", tool_calls=[CALL])
    other = AIMessage(content="", tool_calls=[{**CALL, "args": {"command": "rm"}}])
    note = HumanMessage("note")

    assert same_message(one, AIMessage(content="", tool_calls=[CALL]))
    assert not same_message(one, other)
    assert new_messages([one, note], [other, note]) == [note]


@pytest.mark.parametrize(
    ("metadata", "calls", "reason"),
    [
        ({}, [], "stop"),
        ({}, [CALL], "tool_calls"),
        ({"stop_reason": "max_tokens"}, [], "max_tokens"),
        ({"finish_reason": "length", "stop_reason": "x"}, [CALL], "length"),
        ({"finish_reason": None}, [], "stop"),
    ],
)
def test_why_a_model_stopped(metadata: dict[str, object], calls: list[ToolCall], reason: str) -> None:
    """Its own word in either provider's field, else what follows from the answer."""
    assert finish_reason(AIMessage(content="", tool_calls=calls, response_metadata=metadata)) == reason


def test_texts_in_blocks_are_texts() -> None:
    """Providers send lists of blocks; what is recorded is what they say."""
    answer = AIMessage(content=[{"type": "text", "text": "one "}, {"type": "text", "text": "two"}])
    (message,) = json.loads(output_json(answer))

    assert message["parts"] == [{"type": "text", "content": "one two"}]
    assert json.loads(input_json([HumanMessage([{"type": "text", "text": "é"}])]))[0] == {
        "role": "user",
        "parts": [{"type": "text", "content": "é"}],
    }


def test_calls_without_an_id_get_one() -> None:
    """An answer to a call needs something to point at."""
    answer = AIMessage(content="", tool_calls=[{**CALL, "id": None}, {**CALL, "id": "kept"}])

    assert [call["id"] for call in with_valid_calls(answer).tool_calls] == ["call-0", "kept"]


def test_a_provider_s_copy_of_broken_calls_is_left_out() -> None:
    """Sent back, it would be refused; everything else it added stays."""
    broken = {"name": "bash", "args": "{", "id": "2", "error": None}
    extra = {"tool_calls": [{"id": "2"}], "refusal": None}
    repaired = with_valid_calls(
        AIMessage(content="", invalid_tool_calls=[broken], additional_kwargs=extra, id="answer-1")
    )

    assert repaired.additional_kwargs == {"refusal": None}
    assert repaired.id == "answer-1"
