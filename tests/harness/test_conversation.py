"""Messages in the GenAI conventions' form, and repairs of what models send."""

from __future__ import annotations

import json

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from harness.conversation import input_json, new_messages, output_json, shortened, with_valid_calls
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
