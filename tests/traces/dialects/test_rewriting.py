"""What all dialects do with a span alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from traces import attributes as names
from traces.dialects.rewriting import aside, first_of, messages_text, rewritten, texts, whole
from traces.span import AttributeValue, Span, SpanEvent

MakeSpan = Callable[..., Span]


def test_what_was_found_goes_over_what_is_there(span: MakeSpan) -> None:
    """Nothing and emptiness replace nothing; zero and false do."""
    found = rewritten(span({"a": 1, "b": 1, "c": 1, "d": 1}), {"a": 2, "b": None, "c": "", "d": 0, "e": ()})

    assert found.attributes == {"a": 2, "b": 1, "c": 1, "d": 0}


def test_what_is_superfluous_is_left_out(span: MakeSpan) -> None:
    """By the beginning of its name; what was found stays even so."""
    found = rewritten(span({"m.0": 1, "m.1": 1, "n": 1}), {"m.x": 2}, drop=("m.",), source="s")

    assert found.attributes == {"n": 1, "m.x": 2, names.SOURCE: "s"}


def test_the_last_exception_is_the_error(span: MakeSpan, exception: Callable[[str, str], SpanEvent]) -> None:
    """Of a failed span only: one that was caught is no error; a stated type stays."""
    events = (exception("KeyError", "first"), exception("OSError", "last"))
    failed = rewritten(span({}, status="error", status_message="Traceback …", events=events), {})
    caught = rewritten(span({}, events=events), {})
    stated = rewritten(span({names.ERROR_TYPE: "mine"}, status="error", events=events), {})

    assert (failed.status_message, failed.attributes[names.ERROR_TYPE]) == ("last", "OSError")
    assert (caught.status_message, dict(caught.attributes)) == ("", {})
    assert stated.attributes[names.ERROR_TYPE] == "mine"


def test_a_span_set_aside(span: MakeSpan) -> None:
    """It keeps everything but its operation."""
    found = aside(span({names.OPERATION: "chat", "a": 1}), "title", {"b": 2})

    assert found.attributes == {"a": 1, "b": 2, names.ASIDE: "title"}


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (("a", 1), ("a", "1")),
        ('["a"]', ("a",)),
        ("a", ("a",)),
        ("[a", ("[a",)),
        ("", ()),
        (None, ()),
        (3, ()),
    ],
)
def test_lists_of_texts(value: AttributeValue | None, read: tuple[str, ...]) -> None:
    """As a list, as the JSON of one, as one text."""
    assert texts(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (5, 5), ("5", 5), (5.9, 5), ("5.0", 5), (-1, 0), (True, None), ("x", None), (float("nan"), None),
        ("1e999", None), (10**400, 2**53), ("9" * 30, 2**53), (("5",), None), (None, None),
    ],
)  # fmt: skip
def test_counts(value: AttributeValue | None, read: int | None) -> None:
    """Numbers of any kind, within what can be added up."""
    assert whole(value) == read


def test_the_first_that_says_something() -> None:
    """Zero says something, emptiness does not."""
    assert first_of({"a": "", "b": 0, "c": 1}, "x", "a", "b", "c") == 0
    assert first_of({}, "a") is None


def test_no_messages_no_text() -> None:
    """An empty list would look like a conversation without words."""
    assert messages_text([]) is None
    assert messages_text([{"role": "user"}]) == '[{"role": "user"}]'
