"""Messages are read as far as they can be."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.messages import Message, parse_messages

_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["role", "parts", "content", "type", "text", "name"]) | st.text(), inner
        )
    ),
    max_leaves=12,
)


def test_parts_become_text_and_tool_names() -> None:
    """Reasoning is not what the model said."""
    message = {
        "role": "assistant",
        "parts": [
            {"type": "reasoning", "content": "hm"},
            {"type": "text", "content": "I will"},
            {"type": "tool_call", "id": "1", "name": "bash", "arguments": {"command": "ls"}},
            {"type": "text", "content": "look"},
        ],
        "finish_reason": "tool_call",
    }

    assert parse_messages(json.dumps([message])) == (
        Message(role="assistant", text="I will\nlook", tool_names=("bash",), finish_reason="tool_call"),
    )


@pytest.mark.parametrize(
    "document",
    [
        [{"role": "user", "content": "hello"}],
        [{"role": "user", "content": [{"type": "text", "text": "hello"}]}],
        [{"role": "user", "parts": ["hello"]}],
        {"role": "user", "parts": [{"type": "text", "content": "hello"}]},
    ],
)
def test_older_forms_are_read(document: object) -> None:
    """Content as a string or as blocks, and a single message."""
    assert parse_messages(json.dumps(document)) == (Message(role="user", text="hello"),)


def test_broken_json_is_kept_as_text() -> None:
    """Agents cut long values; what is left can still be searched."""
    assert parse_messages('[{"role": "us') == (Message(role="", text='[{"role": "us'),)


def test_no_text_is_no_message() -> None:
    """An attribute that is empty says nothing."""
    assert parse_messages(" ") == ()


def test_depth_does_no_harm() -> None:
    """Deeper nesting than Python follows is no JSON for us."""
    assert len(parse_messages("[" * 200_000)) == 1


@given(_JSON)
def test_any_json_can_be_read(document: object) -> None:
    """Whatever the shape, the result is a tuple of messages with text."""
    assert all(isinstance(message.text, str) for message in parse_messages(json.dumps(document)))
