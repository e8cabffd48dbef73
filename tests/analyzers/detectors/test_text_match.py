"""What the detectors by words have in common."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analyzers.detectors.observation import observe
from analyzers.detectors.text_match import TextMatch
from analyzers.testing import Story, looping_run

DETECTOR = TextMatch(
    name="coffee",
    title="Runs out of coffee",
    expression=re.compile("no coffee"),
    words=("coffee",),
    sentence="{count} calls found no coffee.",
)


def test_an_error_is_searched_even_where_the_output_is_redacted() -> None:
    """The error's text is metadata."""
    run = Story().calls("brew", {}, "", error="no coffee").run()

    assert DETECTOR.detect(run)[0].sentence == "1 calls found no coffee."


@pytest.mark.parametrize(("exit_code", "seen"), [(1, True), (0, False)])
def test_output_counts_only_where_the_call_went_wrong(exit_code: int, seen: bool) -> None:
    """A file that talks about coffee is no lack of it."""
    run = Story().shell("cat log", "no coffee", exit_code=exit_code).run()

    assert bool(DETECTOR.detect(run)) is seen


def test_tools_that_hide_their_errors_can_be_searched_throughout() -> None:
    """For tools that report everything as plain output."""
    run = Story().shell("cat log", "no coffee").run()

    assert replace(DETECTOR, any_result=True).detect(run)


def test_beginning_and_end_of_a_long_output_are_read() -> None:
    """Its middle is not: an error's own words stand at either end."""
    ends = [f"no coffee{'.' * 20_000}", f"{'.' * 20_000}no coffee"]
    middle = f"{'.' * 20_000}no coffee{'.' * 20_000}"

    assert all(DETECTOR.detect(Story().shell("x", text, exit_code=1).run()) for text in ends)
    assert not DETECTOR.detect(Story().shell("x", middle, exit_code=1).run())


def test_a_signal_cites_a_handful_of_spans_once_each() -> None:
    """A loop of hundreds needs no hundred span ids."""
    run = looping_run(1, times=30)
    steps = [*run.tool_calls, *run.tool_calls]
    (signal,) = observe(DETECTOR, run, steps, "Many.", severity=0.2)

    assert signal.span_ids == tuple(call.span_id for call in run.tool_calls[:8])
    assert (signal.detector, signal.run_id, signal.severity, signal.symptom) == (
        "coffee",
        run.run_id,
        0.2,
        False,
    )
