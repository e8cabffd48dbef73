"""Runs of other agents are mined like our own: tool names, endings and redaction differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.detectors import default_detectors, detect_all
from analyzers.endings import final_answer
from analyzers.testing import Story
from traces.run import Run

SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git add -A && git diff --cached"


def names(run: Run) -> set[str]:
    return {signal.detector for signal in detect_all([run], default_detectors())}


def test_an_agent_that_lives_in_the_shell_is_understood() -> None:
    """It edits with sed, tests with pytest, cleans up, and ends by handing in."""
    story = Story().shell("sed -i 's/a/b/' lib.py").shell("pytest -q", "9 passed").shell("rm reproduce.py")
    run = story.shell(SUBMIT).run("passed")

    assert final_answer(run) is not None
    assert names(run) == set()


def test_handing_in_without_a_test_is_ending_without_one() -> None:
    """Whether by a command or by a tool."""
    by_command = Story().shell("sed -i 's/a/b/' lib.py").shell("git diff").shell(SUBMIT).run()
    by_tool = (
        Story()
        .calls("str_replace_editor", {"command": "str_replace", "path": "a.py"}, "ok")
        .calls("submit", {})
    )

    assert "no_verification" in names(by_command)
    assert "no_verification" in names(by_tool.run())


def test_an_agent_with_vector_commands_and_patches_is_understood() -> None:
    """``apply_patch`` edits, ``["bash", "-lc", …]`` runs."""
    story = Story().calls("apply_patch", {"input": "*** Begin Patch"}, "Success. Updated a.py")
    untested = story.says("Finished the change.").run()
    tested = (
        Story()
        .calls("apply_patch", {"input": "*** Begin Patch"}, "Success. Updated a.py")
        .calls("shell", {"command": ["bash", "-lc", "pytest -q"]}, "3 passed", exit_code=0)
        .says("Finished the change.")
        .run()
    )

    assert "no_verification" in names(untested)
    assert names(tested) == set()


@pytest.mark.parametrize("editor", ["Edit", "replace", "write", "MultiEdit", "mcp__files__edit_file"])
def test_editors_by_any_name_are_editors(editor: str) -> None:
    """A loop of edits is one in every agent."""
    story = Story()
    for number in range(8):
        story.calls(editor, {"file_path": "a.py", "new": number}, "ok")

    assert "edit_loop" in names(story.run())


def test_a_redacted_run_still_tells_from_its_metadata() -> None:
    """Names, codes, times and tokens are enough for some detectors; none breaks."""
    story = Story()
    for _ in range(12):
        story.calls("Bash", {}, "", exit_code=1)
    run = story.run("limit_reached", run_seconds=1200.0)
    run = replace(run, model_calls=tuple(replace(call, text="") for call in run.model_calls))

    assert {"error_streak", "time_burn"} <= names(run)
    assert "repeated_call" not in names(run)


def test_a_run_of_nothing_is_no_trouble() -> None:
    """Not a single step."""
    assert names(Story().run("failed")) == set()
