"""Messages in the parts form are what the reader of messages understands."""

from __future__ import annotations

from traces.importers.parts import (
    blob_part,
    call_part,
    message,
    reasoning_part,
    response_part,
    said,
    text_part,
)
from traces.importers.read_json import to_json
from traces.messages import parse_messages


def test_a_message_of_the_model_reads_back() -> None:
    """Its text, the tools it calls and why it ended; its reasoning is no text."""
    parts = [reasoning_part("hm"), text_part("I look."), call_part("1", "bash", {"command": "ls"})]
    (found,) = parse_messages(to_json([message("assistant", parts, "tool_call")]))

    assert (found.role, found.text, found.tool_names, found.finish_reason) == (
        "assistant",
        "I look.",
        ("bash",),
        "tool_call",
    )


def test_what_is_told_has_no_finish_reason() -> None:
    """Only an answer ends for a reason."""
    assert "finish_reason" not in message("tool", [response_part("1", "done")])


def test_images_leave_their_kind_and_size() -> None:
    """The data itself would fill an index with nothing."""
    part = blob_part("image/png", 5000)

    assert (part["modality"], part["mime_type"], part["size"], part["content"]) == (
        "image",
        "image/png",
        5000,
        "",
    )


def test_what_was_said_is_the_texts() -> None:
    """A line for each; broken ones are empty."""
    assert (
        said([text_part("a"), reasoning_part("b"), {"type": "text", "content": 5}, text_part("c")])
        == "a\n\nc"
    )
