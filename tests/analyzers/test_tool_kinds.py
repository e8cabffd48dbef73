"""Tool calls of many agents are read alike."""

from __future__ import annotations

import pytest

from analyzers.tool_kinds import (
    ToolKind,
    arguments_of,
    changed_files,
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


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (call("execute_ipython_cell", code="x"), ToolKind.SHELL),
        (call("bash_command", keystrokes="ls\n"), ToolKind.SHELL),
        (call("shell_command", command="ls"), ToolKind.SHELL),
        (call("replace_in_file", path="a"), ToolKind.EDIT),
        (call("writeFile", filePath="a"), ToolKind.EDIT),
        (call("text_editor_20250124", command="view"), ToolKind.READ),
        (call("str_replace_based_edit_tool", command=["odd"]), ToolKind.EDIT),
        (call("search_method_in_class", call="x"), ToolKind.SEARCH),
        (call("cancel_pending_order", order_id="#W1"), ToolKind.OTHER),
    ],
)
def test_more_agents_speak_of_the_same_tools(found: ToolCall, kind: ToolKind) -> None:
    """Terminals, notebooks, camel case, dated editors; a shop's tools are none of these."""
    assert kind_of(found) is kind


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            call("terminal", commands=[{"keystrokes": "ls\n", "duration": 1}, {"keystrokes": "pwd\n"}]),
            "ls\npwd\n",
        ),
        (call("terminal", keystrokes="pytest\n"), "pytest\n"),
        (call("run_command", "{'command': 'pytest -q'}"), "pytest -q"),
        (call("run_command", "pytest -q"), "pytest -q"),
        (call("exec_command", cmd="pytest"), "pytest"),
    ],
)
def test_keystrokes_literals_and_plain_texts_are_commands(found: ToolCall, line: str) -> None:
    """Whatever a framework makes of them on the way."""
    assert command_of(found) == line


@pytest.mark.parametrize(
    ("found", "files"),
    [
        (
            call("apply_patch", "*** Begin Patch\n*** Update File: a.py\n*** Add File: b.py\n+x"),
            ("a.py", "b.py"),
        ),
        (call("apply_patch", input="--- a/x.c\n+++ b/x.c\n@@"), ("x.c",)),
        (call("edit", filePath="c.ts"), ("c.ts",)),
        (call("bash", command="sed -i 's/a/b/' d.py && echo x > e.txt"), ("e.txt", "d.py")),
        (call("bash", command="python -c \"open('f.py', 'w').write('')\""), ("f.py",)),
        (call("bash", command="cat d.py"), ()),
        (call("Read", file_path="a.py"), ()),
    ],
)
def test_changed_files_are_named_by_tools_patches_and_commands(
    found: ToolCall, files: tuple[str, ...]
) -> None:
    """As far as the arguments name them."""
    assert changed_files(found) == files


def test_broken_literals_are_left_alone() -> None:
    """Nothing is evaluated, and nothing too deep is followed."""
    for text in ("{'a': __import__('os')}", "{" * 3000, "{'a': '\\d'}", "{1: 2", "{'a': 1}" + " " * 30_000):
        found = arguments_of(call("run", text))

        assert found in ({}, {"a": "\\d"}, {"a": 1})
