"""The words at the end of a run."""

from __future__ import annotations

from dataclasses import replace

from analyzers.failing_region import distinct_words, failing_region, region_words
from analyzers.testing import Story


def test_words_are_distinct_and_in_order() -> None:
    """In lower case; numbers and short words are none."""
    assert distinct_words("TypeError: x = 12 in TypeError, line_no b2b 3rd") == (
        "typeerror",
        "line_no",
        "b2b",
    )


def test_of_many_words_the_last_count() -> None:
    """The end of a run is where it went wrong."""
    words = distinct_words(" ".join(f"word{number:04}" for number in range(1000)))

    assert len(words) == 160
    assert words[-1] == "word0999"


def test_what_was_said_long_before_is_forgotten() -> None:
    """Only the last steps count."""
    story = Story().says("first words")
    for _ in range(6):
        story.shell("ls", "x")

    assert "first" not in failing_region(story.run())


def test_a_redacted_run_has_no_words() -> None:
    """Names of tools alone are no content."""
    run = Story().shell("pytest", "failed").run()
    bare = replace(run, tool_calls=tuple(replace(call, name="", result="") for call in run.tool_calls))

    assert region_words(bare) == ()
