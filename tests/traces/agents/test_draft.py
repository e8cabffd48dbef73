"""A batch's version of a run: its root covers what the batch holds, its ids follow from the agent's."""

from __future__ import annotations

from traces import attributes as names
from traces.agents.draft import Failure, RunDraft, messages_text, text_message
from traces.codec import decode_span, encode_span
from traces.span import Span


def draft(conversation: str = "c1") -> RunDraft:
    """A run that nothing is known of yet."""
    return RunDraft(
        source="codex", conversation=conversation, resource={"service.name": "codex"}, scope="logs"
    )


def test_a_batch_that_told_nothing_makes_no_root() -> None:
    """A record that was dropped is no sign of a run."""
    assert draft().finish("codex") == []


def test_the_root_covers_what_the_batch_holds() -> None:
    """Whatever the order in which things were seen; what is known first stays."""
    run = draft()
    run.chat("a" * 16, (50, 70), model="m", attributes={})
    run.tool("b" * 16, (20, 30), name="t", attributes={})
    run.saw(90)
    run.know({"model": "m", "empty": "", "none": None})
    run.know({"model": "n"})

    root, *rest = run.finish("codex")

    assert (root.start_ns, root.end_ns) == (20, 90)
    assert root.attributes["model"] == "m"
    assert not {"empty", "none"} & root.attributes.keys()
    assert root.parent_id is None
    assert {span.parent_id for span in rest} == {root.span_id}
    assert {span.trace_id for span in rest} == {root.trace_id}
    assert [span.kind for span in rest] == ["client", "internal"]


def test_ids_follow_from_the_agents_own() -> None:
    """The same in every process, others for another conversation."""
    assert draft().span_id("tool", "k1") == draft().span_id("tool", "k1")
    assert draft().trace_id != draft("c2").trace_id
    assert draft().span_id("tool", "k1") != draft("c2").span_id("tool", "k1")


def test_a_failure_is_status_type_and_message() -> None:
    """The message is cut: the whole stands in the result."""
    run = draft()
    run.tool(
        "b" * 16, (9, 3), name="t", attributes={}, failure=Failure(type="tool_error", message="x" * 1000)
    )

    span = run.finish("codex")[1]

    assert (span.status, span.attributes[names.ERROR_TYPE], len(span.status_message)) == (
        "error",
        "tool_error",
        500,
    )
    assert (span.start_ns, span.end_ns) == (9, 9)


def test_times_before_the_epoch_and_broken_texts_can_be_stored() -> None:
    """What an agent says is not to be relied on."""
    run = draft("\ud800")
    run.chat("a" * 16, (-5, -3), model="\udfff" * 300, attributes={"k\ud800": "v\ud800"})

    for span in run.finish("codex"):
        assert decode_span(encode_span(span)) == span
        assert span.start_ns == 0


def test_a_moved_span_says_where_it_came_from() -> None:
    """Its own claims to that are overwritten."""
    span = Span(
        trace_id="a" * 32, span_id="b" * 16, parent_id="c" * 16, name="x", start_ns=1, end_ns=2,
        attributes={names.SOURCE_TRACE: "claimed", "k": "v"},
    )  # fmt: skip
    run = draft()
    run.move(span, span.attributes)

    root, moved = run.finish("codex")

    assert (moved.trace_id, moved.parent_id) == (root.trace_id, root.span_id)
    assert moved.span_id == run.moved_id(span)
    assert (moved.attributes[names.SOURCE_TRACE], moved.attributes[names.SOURCE_SPAN]) == (
        span.trace_id,
        span.span_id,
    )


def test_messages() -> None:
    """Nothing said is no message."""
    assert text_message("user", "") == messages_text("user", []) == ""
    assert text_message("user", "hi", "stop") == (
        '[{"role":"user","parts":[{"type":"text","content":"hi"}],"finish_reason":"stop"}]'
    )
