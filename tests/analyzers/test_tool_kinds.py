"""Tool calls of many agents are read alike."""

from __future__ import annotations

import pytest

from analyzers.tool_kinds import (
    ToolKind,
    command_of,
    edited_path,
    is_check,
    is_document_edit,
    is_edit,
    is_submission,
    is_test_run,
    kind_of,
    path_of,
)
from traces.run import ToolCall


def call(name: str, arguments_text: str = "", **arguments: object) -> ToolCall:
    return ToolCall(
        span_id="1",
        start_ns=0,
        end_ns=1,
        call_id="",
        name=name,
        arguments=arguments,
        arguments_text=arguments_text,
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bash", ToolKind.SHELL),
        ("Bash", ToolKind.SHELL),
        ("run_shell_command", ToolKind.SHELL),
        ("exec_command", ToolKind.SHELL),
        ("functions.shell", ToolKind.SHELL),
        ("mcp__desk__read_file", ToolKind.READ),
        ("MultiEdit", ToolKind.EDIT),
        ("apply_patch", ToolKind.EDIT),
        ("Grep", ToolKind.SEARCH),
        ("list-directory", ToolKind.SEARCH),
        ("run_tests", ToolKind.TEST),
        ("TodoWrite", ToolKind.OTHER),
    ],
)
def test_a_tool_has_the_same_kind_in_every_agent(name: str, kind: ToolKind) -> None:
    """Case, prefixes and servers in the name do not matter."""
    assert kind_of(call(name)) is kind


def test_an_editor_is_told_by_its_sub_command() -> None:
    """``view`` reads, everything else writes."""
    view, replace = (
        call("str_replace_editor", command=name, path="a.py") for name in ("view", "str_replace")
    )

    assert (kind_of(view), kind_of(replace)) == (ToolKind.READ, ToolKind.EDIT)


@pytest.mark.parametrize(
    "arguments",
    [
        {"command": "pytest -q"},
        {"cmd": "pytest -q"},
        {"command": ["bash", "-lc", "pytest -q"]},
        {"command": ["pytest", "-q"]},
    ],
)
def test_a_command_is_found_under_any_key_and_as_a_vector(arguments: dict[str, object]) -> None:
    """Of ``bash -lc SCRIPT`` the script counts."""
    found = call("shell", **arguments)

    assert command_of(found) == "pytest -q"
    assert is_test_run(found)


def test_a_path_is_found_under_any_key() -> None:
    """``file_path`` and ``path`` are the same to us; an edit's path is an edited path, a read's is not."""
    edit, read = call("Edit", file_path="a.py"), call("Read", file_path="a.py")

    assert (path_of(edit), path_of(read)) == ("a.py", "a.py")
    assert (edited_path(edit), edited_path(read)) == ("a.py", "")


def test_a_redacted_shell_call_may_have_been_a_check_but_is_no_edit() -> None:
    """What cannot be seen is not held against a run."""
    redacted = call("bash")

    assert is_check(redacted)
    assert not is_edit(redacted)
    assert not is_test_run(redacted)


def test_a_change_log_is_a_document_edit_by_tool_and_by_shell() -> None:
    """A line in a change log after the tests does not undo them."""
    by_tool = call("write_file", path="CHANGES.md", content="x")
    by_shell = call("bash", command="echo fixed >> CHANGES.md")
    mixed = call("bash", command="echo fixed >> CHANGES.md; echo x > a.py")

    assert is_document_edit(by_tool)
    assert is_document_edit(by_shell)
    assert not is_document_edit(mixed)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (call("submit"), True),
        (call("finish", result="done"), True),
        (call("bash", command="submit"), True),
        (call("bash", command="echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"), True),
        (call("bash", command="git commit -m submit"), False),
    ],
)
def test_handing_in_is_known(found: ToolCall, expected: bool) -> None:
    """By a tool's name or by the command that an agent ends with."""
    assert is_submission(found) is expected
