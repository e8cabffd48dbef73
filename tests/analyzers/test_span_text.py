"""Quotes come from the text of a span and nowhere else."""

from __future__ import annotations

import pytest

from analyzers.signal import Shows
from analyzers.span_text import holds, quote_of, texts_of
from analyzers.testing import Story
from traces.span import Span


def tool_span(result: str, command: str = "pytest -q") -> Span:
    return next(span for span in Story().shell(command, result).run().spans if "execute_tool" in span.name)


def answer_span(text: str) -> Span:
    return next(span for span in Story().says(text).run().spans if "chat" in span.name)


def test_text_inside_json_attributes_counts() -> None:
    """A quote with a line break or quotation marks is verbatim in what was said, not in its JSON."""
    span = answer_span('He said "done"\nand left.')

    assert holds(span, 'said "done"\nand')
    assert holds(span, "and left.")


@pytest.mark.parametrize("quote", ["never said", "", "   ", "1", "a b", "DONE"])
def test_what_is_not_there_or_shows_nothing_is_no_quote(quote: str) -> None:
    """Letter by letter, and at least four letters or digits."""
    assert not holds(answer_span("a b done 1"), quote)


def test_the_telling_line_is_quoted() -> None:
    """The last one that tells of an error."""
    span = tool_span("collected 3 items\nFAILED test_a\nE  assert 1 == 2\nbye")

    assert quote_of(span) == "E  assert 1 == 2"


def test_without_an_error_the_longest_line_is_quoted() -> None:
    """Of the result, else of the arguments, else of what was said."""
    assert quote_of(tool_span("short\na longer line")) == "a longer line"
    assert quote_of(tool_span("", command="python program.py")) == "python program.py"
    assert quote_of(answer_span("I am done with it.")) == "I am done with it."


def test_what_the_arguments_show_is_quoted_from_them() -> None:
    """As they were written, and only where they show anything."""
    span = tool_span("[metadata] exit: 0", command="pytest -q")

    assert quote_of(span, "arguments") == '{"command": "pytest -q"}'
    assert quote_of(Story().calls("bash", "{", "no JSON").run().spans[1], "arguments") == "no JSON"


@pytest.mark.parametrize("shows", ["result", "arguments"])
@pytest.mark.parametrize(
    "arguments",
    ["{", '{"path": "a.py", "cont', "[" * 1000 + "broken", '{\n  "command": "ls"\n}', '"', "plain"],
)
def test_broken_arguments_are_quoted_verbatim(arguments: str, shows: Shows) -> None:
    """Whatever is left of them."""
    span = next(s for s in Story().calls("bash", arguments).run().spans if "execute_tool" in s.name)

    assert holds(span, quote_of(span, shows))


@pytest.mark.parametrize(
    "result", ["plain", "x" * 5000, "  padded error  ", 'with "json" {', "naïve – ✓ error"]
)
def test_every_quote_is_held_by_its_span(result: str) -> None:
    """Also where it had to be cut."""
    span = tool_span(result)

    assert holds(span, quote_of(span))


def test_redacted_spans_are_quoted_by_their_metadata() -> None:
    """There is always something to show that the span exists."""
    span = Span(
        trace_id="a" * 32,
        span_id="b" * 16,
        parent_id=None,
        name="execute_tool",
        start_ns=0,
        end_ns=1,
        attributes={"gen_ai.tool.name": "bash", "flywheel.tool.exit_code": 1},
    )

    assert quote_of(span) == "bash"
    assert texts_of(span) == ("bash",)


def test_json_that_nests_without_end_is_taken_as_text() -> None:
    """Hostile content does not break the check."""
    span = tool_span("[" * 100_000)

    assert quote_of(span) == "pytest -q"
    assert "[" * 100_000 in texts_of(span)
