"""What a call does and how it went is read from whatever its trace holds."""

from __future__ import annotations

import pytest

from analyzers.act import Act
from traces.run import ToolCall


def act(name: str, arguments: dict[str, object] | None = None, **more: object) -> Act:
    fields: dict[str, object] = {"span_id": "1", "start_ns": 0, "end_ns": 1, "call_id": "", "name": name}
    return Act(ToolCall(**{**fields, "arguments": arguments or {}, **more}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("screen", "failed"),
    [
        ("$ jq .\nbash: jq: command not found\n$ ", True),
        ("/bin/sh: 1: rg: not found", True),
        ("Traceback (most recent call last):\n  File ...\nValueError: x", True),
        ("fatal: not a git repository", True),
        ("total 12\n-rw-r--r-- a.py", False),
        ("errors.py\nerror_pages/", False),
    ],
)
def test_a_terminal_without_exit_codes_is_judged_by_what_the_shell_says(screen: str, failed: bool) -> None:
    """Agents that type into a terminal see a screen and nothing else."""
    assert act("terminal", {"keystrokes": "x\n"}, result=screen).has_failed is failed


def test_an_error_decides_whatever_else_is_said() -> None:
    """And so does an exit code, before any words."""
    assert act("bash", {"command": "ls"}, error="timeout", exit_code=0, result="ok").has_failed
    assert not act("bash", {"command": "ls"}, exit_code=0, result="bash: x: command not found").has_failed
    assert act("bash", {}, exit_code=1).has_failed


def test_only_looking_is_known_by_tool_and_by_command() -> None:
    """A line that also writes or runs is no look."""
    looks = [act("Read", {"file_path": "a"}), act("bash", {"command": "cd x && cat a.py | head -3"})]
    others = [
        act("bash", {"command": "cat a.py > b.py"}),
        act("bash", {"command": "python a.py"}),
        act("bash"),
    ]

    assert all(one.is_look for one in looks)
    assert not any(one.is_look for one in others)


def test_trouble_is_the_error_and_both_ends_of_the_output() -> None:
    """However long it is in between."""
    found = act("bash", {}, error="E", result=f"begin{'x' * 50_000}end").trouble

    assert found.startswith("E\nbegin")
    assert found.endswith("end")
    assert len(found) < 10_000


@pytest.mark.parametrize(
    ("arguments", "makes"),
    [
        ({"path": "a", "content": "x"}, True),
        ({"command": "create", "path": "a", "file_text": "x"}, True),
        ({"path": "a", "old_string": "x", "new_string": "y"}, False),
        ({"filePath": "a", "oldString": "x"}, False),
    ],
)
def test_writing_a_file_is_told_from_changing_a_piece(arguments: dict[str, object], makes: bool) -> None:
    """By whether the arguments name a piece."""
    assert act("str_replace_editor", arguments).makes_file is makes
