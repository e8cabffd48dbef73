"""Detectors of tool trouble: paths, permissions, arguments, unknown tools, time limits, floods."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.detectors.edit_mismatch import edit_mismatch
from analyzers.detectors.malformed_call import MalformedCall
from analyzers.detectors.missing_dependency import missing_dependency
from analyzers.detectors.missing_path import missing_path
from analyzers.detectors.output_flood import OutputFlood
from analyzers.detectors.permission_denied import permission_denied
from analyzers.detectors.tool_timeout import tool_timeout
from analyzers.detectors.unknown_tool import unknown_tool
from analyzers.detectors.wrong_arguments import wrong_arguments
from analyzers.testing import Story, verified_run
from traces.run import Usage


@pytest.mark.parametrize(
    "result",
    [
        "cat: src/a.py: No such file or directory",
        "Error: file src/a.py does not exist",
        "FileNotFoundError: [Errno 2] src/a.py",
        "Error: path '/app/a.py' not found",
    ],
)
def test_wrong_paths_are_seen_from_the_second_on(result: str) -> None:
    """One wrong guess is ordinary work."""
    once = Story().calls("read_file", {"path": "src/a.py"}, result, error="FileNotFoundError")

    assert not missing_path().detect(once.run())
    assert missing_path().detect(once.shell("cat /app/a.py", result, exit_code=1).run())


def test_a_program_that_prints_an_error_word_and_succeeds_is_no_error() -> None:
    """Only calls that went wrong are searched."""
    run = Story().shell("cat log", "No such file or directory").shell("cat log", "command not found").run()

    assert not missing_path().detect(run)
    assert not missing_dependency().detect(run)


@pytest.mark.parametrize(
    ("detector", "result", "times"),
    [
        (missing_dependency(), "bash: jq: command not found", 2),
        (missing_dependency(), "ModuleNotFoundError: No module named 'numpy'", 2),
        (permission_denied(), "touch: cannot touch '/x': Permission denied", 2),
        (tool_timeout(), "Command timed out after 30 seconds", 1),
        (unknown_tool(), "Error: unknown tool 'browser'", 1),
        (edit_mismatch(), "Error: old_string does not occur in the file", 2),
    ],
)
def test_each_kind_of_trouble_is_known_by_its_words(detector: missing_path, result: str, times: int) -> None:
    """The signal cites every call that said so."""
    story = Story()
    for _ in range(times):
        story.calls("any_tool", {"command": "x"}, result, error="ToolError")
    (signal,) = detector.detect(story.run())

    assert signal.detector == detector.name
    assert len(signal.span_ids) == times


def test_arguments_that_are_no_json_object_are_malformed() -> None:
    """The raw text is kept by the trace; an empty object is fine."""
    broken = Story().calls("edit_file", '{"path": "a.py", "old', "Error: invalid JSON").run()
    empty = Story().calls("list", "{}", "a.py").run()

    assert MalformedCall().detect(broken)
    assert not MalformedCall().detect(empty)


def test_arguments_that_a_tool_refused_do_not_fit() -> None:
    """By the error's words, and only where there is an error; they could be read, so they are not malformed."""
    refused = Story().calls(
        "edit_file", {"path": "a.py"}, "missing required argument: old_string", error="ToolError"
    )
    quoted = Story().shell("cat notes", "missing required argument")

    assert wrong_arguments().detect(refused.run())
    assert not MalformedCall().detect(refused.run())
    assert not wrong_arguments().detect(quoted.run())


@pytest.mark.parametrize(("length", "seen"), [(5999, False), (6000, True)])
def test_a_long_result_is_a_flood(length: int, seen: bool) -> None:
    """The sentence names the longest."""
    run = Story().shell("cat big", "x" * length).run()

    assert bool(OutputFlood().detect(run)) is seen


def test_without_content_a_flood_shows_in_the_tokens() -> None:
    """The input of the next call grew by more than was said."""
    run = Story().shell("cat big").says("Done.").run()
    calls = tuple(
        replace(call, usage=Usage(input_tokens=100 + 9000 * position, output_tokens=10))
        for position, call in enumerate(run.model_calls)
    )
    (signal,) = OutputFlood().detect(replace(run, model_calls=calls))

    assert signal.span_ids == (run.model_calls[1].span_id,)


@pytest.mark.parametrize(
    "detector",
    [
        missing_path(),
        missing_dependency(),
        permission_denied(),
        tool_timeout(),
        unknown_tool(),
        edit_mismatch(),
    ],
)
def test_a_plain_run_shows_no_trouble(detector: missing_path) -> None:
    """Edit, test, end."""
    assert not detector.detect(verified_run(1, "passed"))
