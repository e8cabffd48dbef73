"""Detectors of loops: calls, edits, back and forth, streaks of errors."""

from __future__ import annotations

import pytest

from analyzers.detectors.edit_loop import EditLoop
from analyzers.detectors.error_streak import ErrorStreak
from analyzers.detectors.oscillation import Oscillation
from analyzers.detectors.repeated_call import RepeatedCall
from analyzers.testing import Story, looping_run, verified_run


def test_three_identical_calls_in_a_row_are_a_repetition() -> None:
    """Two may be an accident."""
    twice = Story().shell("ls", "a").shell("ls", "a")

    assert not RepeatedCall().detect(twice.run())
    assert RepeatedCall().detect(twice.shell("ls", "a").run())


def test_running_the_tests_after_every_edit_is_no_repetition() -> None:
    """An edit that worked makes the same command a new question."""
    story = Story()
    for number in range(5):
        story.edit(new=str(number)).shell("pytest", "1 failed", exit_code=1)

    assert not RepeatedCall().detect(story.run())


def test_an_edit_that_failed_makes_no_new_question() -> None:
    """The tests were run again on the same program."""
    (signal,) = RepeatedCall().detect(looping_run(1, times=4))

    assert "bash 4 times" in signal.sentence


def test_the_same_call_with_other_results_is_no_repetition() -> None:
    """Waiting for something is not looping."""
    story = Story()
    for number in range(4):
        story.shell("cat log", f"line {number}")

    assert not RepeatedCall().detect(story.run())


def test_the_same_edit_three_times_is_a_loop() -> None:
    """Whether it worked or not; the signal cites the edits."""
    run = looping_run(1, times=3)
    (signal,) = EditLoop().detect(run)

    assert signal.sentence == "Made the same edit 3 times."
    assert len(signal.span_ids) == 3


@pytest.mark.parametrize(("times", "seen"), [(6, False), (7, True)])
def test_many_different_edits_of_one_file_are_a_loop(times: int, seen: bool) -> None:
    """Seven by default."""
    story = Story()
    for number in range(times):
        story.edit("a.py", new=str(number))

    assert bool(EditLoop().detect(story.run())) is seen


def test_edits_of_many_files_are_no_loop() -> None:
    """Each file is counted by itself."""
    story = Story()
    for number in range(12):
        story.edit(f"{number}.py", new=str(number))

    assert not EditLoop().detect(story.run())


def test_edits_that_undo_each_other_oscillate() -> None:
    """Once is ordinary work, twice is a pendulum."""
    story = Story().edit(old="a", new="b").edit(old="b", new="a")

    assert not Oscillation().detect(story.run())
    assert Oscillation().detect(story.edit(old="a", new="b").run())


def test_whole_files_that_come_back_oscillate() -> None:
    """Writing A, B, A, B counts like edits that undo each other."""
    story = Story()
    for content in ("A", "B", "A", "B"):
        story.calls("write_file", {"path": "a.py", "content": content}, "written")

    (signal,) = Oscillation().detect(story.run())
    assert "undid each other 2 times" in signal.sentence


def test_four_failures_in_a_row_are_a_streak() -> None:
    """One success in between ends it."""
    story = Story()
    for _ in range(3):
        story.shell("make", "error", exit_code=2)

    assert not ErrorStreak().detect(story.shell("ls").shell("make", "", exit_code=2).run())
    assert ErrorStreak().detect(looping_run(1, times=2))


@pytest.mark.parametrize("detector", [RepeatedCall(), EditLoop(), Oscillation(), ErrorStreak()])
def test_a_plain_run_shows_no_loop(detector: RepeatedCall) -> None:
    """Edit, test, end."""
    assert not detector.detect(verified_run(1, "passed"))
