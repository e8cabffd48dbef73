"""Detectors of agents that ask the same again, read on and on, or revert and start over."""

from __future__ import annotations

import pytest

from analyzers.detectors.edit_loop import EditLoop
from analyzers.detectors.endless_reading import EndlessReading
from analyzers.detectors.oscillation import Oscillation
from analyzers.detectors.repeated_call import RepeatedCall
from analyzers.detectors.restated_call import RestatedCall
from analyzers.testing import Story, verified_run


def test_the_same_values_in_other_words_are_a_restatement() -> None:
    """Two of them make a signal that cites the later calls."""
    story = Story().calls("read_range", {"path": "a.java", "start": 4, "end": 9}, "Error")
    story.calls("read_range", {"path": "a.java", "start": "4", "end": "9"}, "Error")

    assert not RestatedCall().detect(story.run())
    story.calls("read_range", {"file": "a.java", "start": 4, "end": 9, "tags": []}, "Error")
    run = story.run()
    (signal,) = RestatedCall().detect(run)

    assert signal.span_ids == tuple(call.span_id for call in run.tool_calls[1:])


def test_other_values_or_a_call_in_between_are_none() -> None:
    """Testing after every edit is work."""
    other = Story()
    for line in range(6):
        other.calls("read_range", {"path": "a.java", "line": line})
    between = Story()
    for _ in range(6):
        between.edit().shell("pytest", "1 failed", exit_code=1)

    assert not RestatedCall().detect(other.run())
    assert not RestatedCall().detect(between.run())


def test_redacted_calls_are_not_compared() -> None:
    """Nothing to compare is nothing alike."""
    story = Story()
    for _ in range(6):
        story.calls("Bash", {})

    assert not RestatedCall().detect(story.run())
    assert not RepeatedCall().detect(story.run())


def test_seconds_and_ids_in_a_result_make_no_new_answer() -> None:
    """As some agents put them before every output."""
    story = Story()
    for number in range(3):
        story.shell("pytest", f"Chunk ID: a1b2c{number}\n3 failed in 0.{number}2s", exit_code=1)

    assert RepeatedCall().detect(story.run())


def test_a_long_stretch_of_looking_is_seen() -> None:
    """By commands and by tools alike; an edit ends the stretch."""
    story = Story()
    for number in range(29):
        story.shell(f"cat {number}.py") if number % 2 else story.calls("Read", {"file_path": f"{number}.py"})

    assert not EndlessReading().detect(story.run())
    assert EndlessReading().detect(story.shell("grep -rn x .").run())[0].sentence.startswith("30 calls")


def test_one_file_read_again_and_again_is_seen() -> None:
    """Eight times with no change in between."""
    story = Story()
    for line in range(7):
        story.calls("view", {"path": "a.py", "view_range": [line, line + 9]})

    assert not EndlessReading().detect(story.run())
    assert not EndlessReading().detect(story.edit().calls("view", {"path": "a.py"}).run())
    for line in range(7):
        story.shell(f"sed -n '{line},9p' a.py")
    assert EndlessReading().detect(story.run())[0].sentence == "Read a.py 8 times in a row."


def test_edits_in_the_shell_loop_too() -> None:
    """An agent that has nothing but a shell edits with it."""
    story = Story()
    for number in range(7):
        story.shell(f"sed -i 's/a/{number}/' core.py")

    assert EditLoop().detect(story.run())[0].sentence == "Edited core.py 7 times."


def test_three_reverts_between_edits_oscillate() -> None:
    """Two are ordinary work, and a revert without an edit before it is none."""
    story = Story()
    for number in range(3):
        assert not Oscillation().detect(story.run())
        story.edit("core.py", new=str(number)).shell("git checkout -- core.py").shell(
            "git checkout -- core.py"
        )

    (signal,) = Oscillation().detect(story.run())
    assert len(signal.span_ids) == 3


@pytest.mark.parametrize("detector", [RestatedCall(), EndlessReading(), Oscillation()])
def test_a_plain_run_shows_none(detector: RestatedCall) -> None:
    """Edit, test, end."""
    assert not detector.detect(verified_run(1, "passed"))
