"""ArgumentCheck under a real agent: broken calls are mended or answered, sound ones pass."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage

from middleware.argument_check import ArgumentCheck, mended

RAW = "__invalid_arguments__"


def results(played: Any) -> list[ToolMessage]:
    """The tool results."""
    return [message for message in played.messages if isinstance(message, ToolMessage)]


def test_sound_calls_pass_unchanged(play: Any) -> None:
    """Also those whose text merely holds brackets."""
    played = play([ArgumentCheck()], [[("bash", {"command": "echo '[1]: x'"})], "done"])

    assert "[1]: x" in results(played)[0].text
    assert played.activations == []


@pytest.mark.parametrize("command", [': "ls -la"', "]: ls", '", "command": "ls'])
def test_debris_is_answered_and_not_carried_out(play: Any, command: str) -> None:
    """The model reads what is wrong with its call instead of a shell's complaint."""
    played = play([ArgumentCheck()], [[("bash", {"command": command})], "done"])
    (result,) = results(played)

    assert result.status == "error"
    assert "'command' holds a piece of broken JSON" in result.text
    assert played.activations[0][0] == "ArgumentCheck"


def test_arguments_that_are_almost_json_are_mended(play: Any) -> None:
    """As a runtime hands them on that could not read them."""
    played = play([ArgumentCheck()], [[("bash", {RAW: '```json\n{"command": "echo mended"'})], "done"])

    assert results(played)[0].text.startswith("mended")
    assert played.activations == [("ArgumentCheck", "mended the arguments of bash")]


def test_what_cannot_be_mended_is_answered(play: Any) -> None:
    """Once for each such call."""
    played = play([ArgumentCheck()], [[("bash", {RAW: "ls -la"})], "done"])

    assert "its arguments are no JSON object" in results(played)[0].text


def test_calls_that_langchain_could_not_read_are_mended(play: Any) -> None:
    """An agent would otherwise end there, without a word."""
    broken = {
        "name": "bash",
        "args": '{"command": "echo again"',
        "id": "1",
        "error": None,
        "type": "invalid_tool_call",
    }
    message = AIMessage("", invalid_tool_calls=[broken])  # type: ignore[list-item]
    played = play([ArgumentCheck()], [message, "done"])

    assert results(played)[0].text.startswith("again")
    assert played.activations == [("ArgumentCheck", "mended the arguments of 1 calls")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here it is: {"a": "b"} as you asked', {"a": "b"}),
        ('{"a": ["b"', {"a": ["b"]}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ("[1]", None),
        ("ls", None),
        ("{a: 1}", None),
    ],
)
def test_only_what_is_plain_is_mended(text: str, value: object) -> None:
    """Nothing is guessed."""
    assert mended(text) == value


def test_two_in_a_stack_have_names_of_their_own() -> None:
    """As every stock middleware."""
    assert (ArgumentCheck().name, ArgumentCheck(name="Second").name) == ("ArgumentCheck", "Second")
