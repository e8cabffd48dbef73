"""Detectors of tests that were too early or too weak."""

from __future__ import annotations

import pytest

from analyzers.detectors.no_verification import NoVerification
from analyzers.detectors.stale_verification import StaleVerification
from analyzers.detectors.weak_verification import WeakVerification
from analyzers.testing import Story, unverified_run, verified_run

ASKED = "Repair it. `python3 check_visible.py` runs the visible tests."


def test_a_test_before_the_last_edit_is_stale() -> None:
    """A kind of missing verification: the broader detector sees it too."""
    run = (
        Story()
        .edit()
        .shell("pytest", "1 failed", exit_code=1)
        .edit(new="b")
        .edit(new="c")
        .says("Done.")
        .run()
    )
    (signal,) = StaleVerification().detect(run)

    assert signal.sentence == "2 edits came after the last test, and the agent ended."
    assert NoVerification().detect(run)


@pytest.mark.parametrize(
    "story",
    [
        Story().shell("pytest", "1 failed", exit_code=1).edit(),
        Story().edit().shell("pytest", "ok").shell("echo x >> CHANGES.md"),
        Story().edit().shell("pytest", "ok"),
        Story().edit(),
    ],
    ids=["before any edit", "prose after it", "after the last edit", "none at all"],
)
def test_other_orders_are_not_stale(story: Story) -> None:
    """A test that shows the mistake first is no test of the work."""
    assert not StaleVerification().detect(story.says("Done.").run())


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        ("python3 check_visible.py", False),
        ("cd /app && python3 check_visible.py --verbose", False),
        ("python check_visible.py", False),
        ("python3 -c 'import f'", True),
        ("python3 mine.py", True),
    ],
)
def test_other_checks_than_the_one_that_was_named_are_weaker(command: str, seen: bool) -> None:
    """More options or another interpreter make no difference."""
    run = Story(prompt=ASKED).edit().shell(command, "ok").says("Done.").run()

    assert bool(WeakVerification().detect(run)) is seen


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        ("pytest tests", False),
        ("pytest tests -k parser", True),
        ("pytest tests/test_a.py::test_b tests", True),
    ],
)
def test_a_selection_is_weaker_than_all(command: str, seen: bool) -> None:
    """Where all were asked for."""
    run = Story(prompt="Make `pytest tests` pass.").edit().shell(command, "3 passed").says("Done.").run()

    assert bool(WeakVerification().detect(run)) is seen


@pytest.mark.parametrize(
    ("output", "seen"),
    [
        ("collected 0 items\n\n=== no tests ran in 0.01s ===", True),
        ("Ran 0 tests in 0.000s\n\nOK", True),
        ("collected 3 items\n... 3 passed", False),
        ("running 0 tests\n\nrunning 12 tests", False),
    ],
)
def test_a_test_run_without_a_test_shows_nothing(output: str, seen: bool) -> None:
    """Whatever the instruction says."""
    run = Story().edit().shell("pytest", output).says("Done.").run()

    assert bool(WeakVerification().detect(run)) is seen


@pytest.mark.parametrize("prompt", ["", "Repair it.", "See `cat notes.txt`."])
def test_without_a_command_in_the_instruction_any_check_will_do(prompt: str) -> None:
    """A command that runs no tests is none either."""
    run = Story(prompt=prompt).edit().shell("python3 a.py", "ok").says("Done.").run()

    assert not WeakVerification().detect(run)


@pytest.mark.parametrize("detector", [StaleVerification(), WeakVerification()])
def test_plain_and_untested_runs_are_neither(detector: StaleVerification) -> None:
    """An untested run has no test that could be stale or weak."""
    assert not detector.detect(verified_run(1, "passed"))
    assert not detector.detect(unverified_run(1, "failed"))
