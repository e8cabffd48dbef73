"""Arguments that are debris of a broken message are told from odd ones."""

from __future__ import annotations

import pytest

from analyzers.detectors.malformed_call import MalformedCall
from analyzers.testing import Story, verified_run


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("Bash", {"command": ':  ""', "description": ""}),
        ("Bash", {"command": ": ls -la /app", "description": "List files"}),
        ("Bash", {"command": "]: "}),
        ("Bash", {"command": ',\n    "command": "ls"'}),
        ("Write", {"file_path": ': "",', "content": "x"}),
        ("Write", {"file_path": "/app/a.py", "content": ": []\n--- rest"}),
        ("Bash", {"command": "ls", "description": "}}"}),
        ("edit_file", '{"path": "a.py", "old'),
        ("edit_file", '["a.py"]'),
    ],
)
def test_debris_is_malformed(tool: str, arguments: object) -> None:
    """As a model behind a faulty proxy really sent it."""
    run = Story().calls(tool, arguments, "ok").run()

    assert MalformedCall().detect(run)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("Bash", {"command": "[ -f a.py ] && cat a.py"}),
        ("Bash", {"command": "{ ls; pwd; }"}),
        ("Bash", {"command": ""}),
        ("Bash", {"command": '"$HOME/x" --flag'}),
        ("Edit", {"file_path": "a.c", "old_string": "},", "new_string": "}"}),
        ("Grep", {"pattern": "=>"}),
        ("terminal", {"keystrokes": ":wq"}),
        ("terminal", {"keystrokes": "}"}),
        ("ls", {"path": "."}),
        ("ls", {"path": "/"}),
        ("Write", {"file_path": "a.json", "content": "[]"}),
        ("Write", {"file_path": "a.json", "content": '{"a": 1}'}),
        ("apply_patch", "*** Begin Patch\n*** Update File: a.py"),
        ("run_command", "{'command': 'ls'}"),
        ("search", "how to sort"),
        ("list", "{}"),
        ("list", {}),
    ],
)
def test_odd_arguments_are_not(tool: str, arguments: object) -> None:
    """Brackets begin shell lines and JSON files, pieces of code and keys are punctuation, patches are text."""
    run = Story().calls(tool, arguments, "ok").run()

    assert not MalformedCall().detect(run)


@pytest.mark.parametrize(
    "error",
    [
        "failed to parse function arguments: EOF while parsing a string",
        "invalid_tool_call: invalid JSON",
        "Error parsing tool call arguments: Unterminated string",
        "The arguments provided to the tool are not valid JSON",
    ],
)
def test_the_runtimes_own_words_are_enough(error: str) -> None:
    """Where the arguments are redacted."""
    assert MalformedCall().detect(Story().calls("exec_command", {}, "", error=error).run())


def test_the_more_of_a_runs_calls_are_broken_the_more_severe() -> None:
    """The sentence gives both numbers."""
    few, many = Story(), Story()
    for number in range(8):
        few.shell("ls") if number else few.calls("Bash", {"command": ": "})
        many.calls("Bash", {"command": ": "})
    (mild,), (severe,) = MalformedCall().detect(few.run()), MalformedCall().detect(many.run())

    assert mild.severity < severe.severity <= 0.9
    assert mild.sentence == "1 of 8 calls had arguments that could not be read."


def test_a_plain_run_is_well_formed() -> None:
    """Edit, test, end."""
    assert not MalformedCall().detect(verified_run(1, "passed"))
