"""Messages of every client library become roles and parts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.dialects.conversation import messages_in, normal_messages, plain_text
from traces.messages import parse_messages

_CALL = {"type": "tool_call", "id": "c1", "name": "bash", "arguments": {"command": "ls"}}
_ANSWER = {"type": "tool_call_response", "id": "c1", "response": "a.py"}


@pytest.mark.parametrize(
    "item",
    [
        {"role": "assistant", "parts": [_CALL]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "function": {"name": "bash", "arguments": '{"command": "ls"}'}}],
        },
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "c1", "name": "bash", "input": {"command": "ls"}}],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "tool-call", "toolCallId": "c1", "toolName": "bash", "input": {"command": "ls"}}
            ],
        },
        {
            "role": "model",
            "parts": [{"function_call": {"id": "c1", "name": "bash", "args": {"command": "ls"}}}],
        },
        {
            "type": "ai",
            "data": {"content": "", "tool_calls": [{"id": "c1", "name": "bash", "args": {"command": "ls"}}]},
        },
        {
            "lc": 1,
            "type": "constructor",
            "id": ["langchain", "schema", "messages", "AIMessage"],
            "kwargs": {
                "content": "",
                "tool_calls": [{"id": "c1", "name": "bash", "args": {"command": "ls"}}],
            },
        },
    ],
)
def test_a_tool_call(item: dict[str, object]) -> None:
    """However it is written: the conventions, OpenAI, Anthropic, Vercel, Gemini, LangChain twice."""
    assert normal_messages([item]) == [{"role": "assistant", "parts": [_CALL]}]


@pytest.mark.parametrize(
    ("item", "role"),
    [
        ({"role": "tool", "tool_call_id": "c1", "content": "a.py"}, "tool"),
        ({"role": "tool", "tool_call_id": "c1", "parts": [{"type": "text", "content": "a.py"}]}, "tool"),
        (
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "a.py"}]},
            "user",
        ),
        (
            {
                "role": "tool",
                "content": [
                    {"type": "tool-result", "toolCallId": "c1", "output": {"type": "text", "value": "a.py"}}
                ],
            },
            "tool",
        ),
        ({"role": "user", "parts": [{"functionResponse": {"id": "c1", "response": "a.py"}}]}, "user"),
        ({"type": "tool", "data": {"tool_call_id": "c1", "content": "a.py"}}, "tool"),
    ],
)
def test_a_tools_answer(item: dict[str, object], role: str) -> None:
    """However it is written."""
    assert normal_messages([item]) == [{"role": role, "parts": [_ANSWER]}]


def test_texts_and_reasoning() -> None:
    """Plain texts, lists of texts, and thoughts, which are not said."""
    said = normal_messages(
        [
            "hello",
            {"role": "developer", "content": "be brief"},
            {"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "text", "text": "b"}]},
            {"role": "assistant", "reasoning_content": "hm", "content": "yes", "finish_reason": "stop"},
            {"role": "model", "parts": [{"text": "hm", "thought": True}, {"text": "yes"}]},
        ]
    )
    read = parse_messages(json.dumps(said))

    assert [message.role for message in read] == ["user", "system", "user", "assistant", "assistant"]
    assert [message.text for message in read] == ["hello", "be brief", "a\nb", "yes", "yes"]
    assert read[3].finish_reason == "stop"
    assert said[3]["parts"][0] == said[4]["parts"][0] == {"type": "reasoning", "content": "hm"}


def test_arguments_that_are_no_object_stay_as_they_came() -> None:
    """A cut JSON text is evidence of what went wrong."""
    call = {"id": "c", "function": {"name": "bash", "arguments": '{"command": "ls"'}}
    [message] = normal_messages({"role": "assistant", "tool_calls": [call]})

    assert message["parts"][0]["arguments"] == '{"command": "ls"'


def test_whole_requests_and_responses() -> None:
    """OpenAI's choices, LangChain's generations and batches, and what has only its messages or its output."""
    choice = {"message": {"role": "assistant", "content": "yes"}, "finish_reason": "length"}
    wanted = [{"role": "assistant", "parts": [{"type": "text", "content": "yes"}], "finish_reason": "length"}]
    generation = {
        "message": {"type": "ai", "data": {"content": "yes"}},
        "generation_info": {"finish_reason": "length"},
    }

    assert messages_in({"choices": [choice]}, "assistant") == wanted
    assert messages_in({"generations": [[generation]]}, "assistant") == wanted
    assert messages_in({"text": "yes", "finish_reason": "length"}, "assistant") == wanted
    assert (
        messages_in({"messages": [[{"type": "human", "data": {"content": "go"}}]]}, "x")[0]["role"] == "user"
    )
    assert messages_in({"output": "yes"}, "assistant")[0]["parts"] == wanted[0]["parts"]
    assert messages_in("yes", "assistant")[0]["parts"] == wanted[0]["parts"]


def test_an_unknown_part_is_kept() -> None:
    """The conventions allow any other type."""
    image = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}

    assert normal_messages({"role": "user", "content": [image]})[0]["parts"] == [image]


def test_plain_text() -> None:
    """A tool's answer: texts joined, structures as JSON, nothing as nothing."""
    assert plain_text("a") == "a"
    assert plain_text([{"type": "text", "text": "a"}, "b"]) == "a\nb"
    assert plain_text([{"type": "image"}]) == '[{"type": "image"}]'
    assert plain_text({"a": 1}) == '{"a": 1}'
    assert plain_text(None) == ""


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "role",
                    "content",
                    "parts",
                    "type",
                    "data",
                    "lc",
                    "kwargs",
                    "id",
                    "tool_calls",
                    "function",
                    "text",
                    "function_call",
                    "functionResponse",
                    "message",
                    "choices",
                    "generations",
                    "messages",
                    "arguments",
                ]
            ),
            inner | st.sampled_from(["text", "tool_use", "tool_result", "ai", "tool", "reasoning"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(150), deadline=None)
@given(_ANY)
def test_any_document_gives_messages(document: object) -> None:
    """Nothing that a stranger sends as messages breaks anything."""
    found = messages_in(document, "user")

    assert all(isinstance(one["role"], str) and isinstance(one["parts"], list) for one in found)
    assert len(parse_messages(json.dumps(found))) == len(found)
