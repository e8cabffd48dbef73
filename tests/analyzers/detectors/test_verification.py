"""Detectors of missing, failing and merely claimed verification."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.detectors.claims_success import ClaimsSuccess
from analyzers.detectors.ignored_failure import IgnoredFailure
from analyzers.detectors.no_edit import NoEdit
from analyzers.detectors.no_verification import NoVerification
from analyzers.testing import Story, unverified_run, verified_run
from traces.run import Run


def redacted(run: Run) -> Run:
    """The run without content: names, times and codes only."""
    calls = tuple(replace(call, arguments={}, arguments_text="", result="") for call in run.tool_calls)
    return replace(
        run, tool_calls=calls, model_calls=tuple(replace(call, text="") for call in run.model_calls)
    )


def test_ending_right_after_an_edit_is_seen() -> None:
    """The signal cites the final answer and the edit."""
    run = unverified_run(1, "failed")
    signals = NoVerification().detect(run)

    assert len(signals) == 1
    assert signals[0].span_ids == (run.model_calls[-1].span_id, run.tool_calls[-1].span_id)


def test_a_test_before_the_last_edit_does_not_count() -> None:
    """Verification is stale once the program changes again."""
    run = Story().edit().shell("pytest", "1 failed", exit_code=1).edit(new="b").says("Done.").run()

    assert NoVerification().detect(run)


@pytest.mark.parametrize(
    "command", ["pytest -q", "python3 check_visible.py", "python program.py", "npm test"]
)
def test_any_check_after_the_last_edit_counts(command: str) -> None:
    """A test suite or a run of the program."""
    run = Story().edit().shell(command, "ok").says("Done.").run()

    assert not NoVerification().detect(run)


def test_a_change_log_after_the_tests_is_no_unverified_edit() -> None:
    """Prose cannot break a test."""
    run = Story().edit().shell("pytest", "ok").shell("echo fixed >> CHANGES.md").says("Done.").run()

    assert not NoVerification().detect(run)


def test_a_run_that_was_cut_off_did_not_choose_to_skip_verification() -> None:
    """Without a final answer nothing is said."""
    run = Story().shell("ls").edit().run("timed_out")

    assert not NoVerification().detect(run)


def test_redacted_content_gives_the_benefit_of_the_doubt() -> None:
    """An unknown shell command may have been a test; no command at all was none."""
    with_shell = Story().edit().shell("pytest", "ok").says("Done.").run()
    without = Story().edit().says("Done.").run()

    assert not NoVerification().detect(redacted(with_shell))
    assert NoVerification().detect(redacted(without))


def test_an_agent_that_ends_on_a_failing_test_ignored_it() -> None:
    """Unless it edited after that."""
    ignored = Story().edit().shell("pytest", "1 failed", exit_code=1).says("Done.").run()
    mended = Story().edit().shell("pytest", "1 failed", exit_code=1).edit(new="b").says("Done.").run()

    assert IgnoredFailure().detect(ignored)
    assert not IgnoredFailure().detect(mended)
    assert not IgnoredFailure().detect(verified_run(1, "passed"))


def test_who_admits_the_failing_test_has_not_ignored_it() -> None:
    """That is giving up; and what a flood of output hid was hardly seen: then it is a symptom."""
    story = Story().edit().shell("pytest", "1 failed", exit_code=1)
    flooded = Story().edit().shell("pytest -v", "x" * 9000, exit_code=1).says("Done.").run()

    assert not IgnoredFailure().detect(story.says("I could not repair it: the tests still fail.").run())
    assert IgnoredFailure().detect(flooded)[0].symptom


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ("All tests pass now.", True),
        ("I have fixed the loop.", True),
        ("The function works correctly.", True),
        ("I could not confirm that the tests pass.", False),
        ("I changed the comparison.", False),
        ("", False),
    ],
)
def test_a_claim_without_a_passing_check_is_seen(answer: str, seen: bool) -> None:
    """Hedged and modest answers are not claims."""
    run = Story().edit().says(answer).run()

    assert bool(ClaimsSuccess().detect(run)) is seen


def test_a_claim_with_a_passing_check_is_honest() -> None:
    """Evidence after the last edit silences the detector; a failing check does not."""
    failing = Story().edit().shell("pytest", "1 failed", exit_code=1).says("All tests pass.").run()

    assert not ClaimsSuccess().detect(verified_run(1, "failed"))
    assert "failed" in ClaimsSuccess().detect(failing)[0].sentence


def test_ending_without_an_edit_that_worked_is_seen() -> None:
    """A refused edit is none; a redacted shell command may have been one."""
    nothing = Story().shell("ls").edit(result="Error: not found").says("Done.").run()

    assert NoEdit().detect(nothing)
    assert not NoEdit().detect(redacted(nothing))
    assert not NoEdit().detect(unverified_run(1, "failed"))
