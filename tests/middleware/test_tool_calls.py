"""What the tool calls of a conversation did."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from middleware.activation import note
from middleware.tool_calls import (
    calls_of,
    edited_files,
    is_pending,
    is_verified,
    latest_calls,
    runs_tests,
    succeeded,
    this_run,
)


def turn(*calls: tuple[str, dict[str, Any], str], call_id: str = "c") -> list[BaseMessage]:
    """An AI message with calls (name, arguments, result) and their results."""
    requests = [
        {"name": name, "args": args, "id": f"{call_id}{at}"} for at, (name, args, _) in enumerate(calls)
    ]
    results = [ToolMessage(result, tool_call_id=f"{call_id}{at}") for at, (*_, result) in enumerate(calls)]
    return [AIMessage("", tool_calls=requests), *results]


def edit(path: str = "add.py") -> list[BaseMessage]:
    """A turn that edits a file."""
    return turn(("edit_file", {"path": path, "old_string": "a", "new_string": "b"}, "edited"))


def bash(command: str, result: str = "ok\n[exit code: 0]") -> list[BaseMessage]:
    """A turn that runs a command."""
    return turn(("bash", {"command": command}, result))


def test_calls_keep_order_and_find_their_results_though_ids_repeat() -> None:
    """A result belongs to the call of its own turn, even when every turn uses the same ids."""
    messages = [HumanMessage("do"), *bash("ls", "first"), *bash("ls", "second")]

    calls = calls_of(messages)

    assert [str(call.result.text) for call in calls if call.result] == ["first", "second"]
    assert [call.turn for call in calls] == [0, 1]
    assert calls[0].identity == calls[1].identity


def test_a_run_begins_with_the_user_after_a_final_answer() -> None:
    """Earlier turns of a chat do not count; notes and messages after tool results begin no run."""
    earlier = [HumanMessage("one"), *edit(), AIMessage("done")]
    later = [
        HumanMessage("two"),
        *bash("ls"),
        HumanMessage("a foreign note"),
        AIMessage("done"),
        note("M", "no"),
    ]

    assert list(this_run([*earlier, *later])) == later
    assert len(calls_of([*earlier, *later])) == 1


def test_latest_calls_are_those_of_the_last_ai_message() -> None:
    """After a final answer there are none."""
    messages = [
        HumanMessage("do"),
        *bash("ls"),
        *turn(("bash", {"command": "a"}, ""), ("bash", {"command": "b"}, "")),
    ]

    assert [call.command for call in latest_calls(messages)] == ["a", "b"]
    assert latest_calls([*messages, AIMessage("done")]) == ()


def test_unanswered_and_broken_calls_are_pending() -> None:
    """A call waits until a tool message answers it, also one whose JSON was broken."""
    broken = AIMessage(
        "",
        invalid_tool_calls=[
            {"name": "bash", "args": "{", "id": "x", "error": "", "type": "invalid_tool_call"}
        ],
    )

    assert is_pending(bash("ls")[:1])
    assert is_pending([broken])
    assert not is_pending([broken, ToolMessage("bad", tool_call_id="x")])
    assert not is_pending([])
    assert not is_pending(bash("ls"))


@pytest.mark.parametrize(
    ("name", "arguments", "files"),
    [
        ("edit_file", {"path": "./src/../add.py"}, ("add.py",)),
        ("str_replace_based_edit_tool", {"command": "str_replace", "path": "a.py"}, ("a.py",)),
        ("str_replace_based_edit_tool", {"command": "view", "path": "a.py"}, ()),
        ("read_file", {"path": "a.py"}, ()),
        ("write_todos", {"todos": []}, ()),
        ("bash", {"command": "sed -i s/a/b/ a.py"}, ("a.py",)),
        ("edit_file", {"path": 7}, ()),
    ],
)
def test_edits_are_known_by_tool_and_path(
    name: str, arguments: dict[str, Any], files: tuple[str, ...]
) -> None:
    """An editing tool needs a path; reading, planning and odd arguments are no edits."""
    (call,) = calls_of(turn((name, arguments, "ok")))

    assert edited_files(call) == files


@pytest.mark.parametrize(
    ("command", "result", "good"),
    [
        ("pytest", "3 passed\n[exit code: 0]", True),
        ("pytest", "ERROR in a log line\n[exit code: 0]", True),
        ("pytest", "1 failed\n[exit code: 1]", False),
        ("pytest", "Exited with code 2", False),
        ("pytest | tail -1", "1 failed, 2 passed\n[exit code: 0]", False),
        ("pytest | tail -1", "3 passed, 0 failed\n[exit code: 0]", True),
        ("check", "FAIL add(1, 2) returned -1", False),
        ("check", "Traceback (most recent call last):\n  ...", False),
        ("check", "all good", True),
    ],
)
def test_success_is_the_exit_code_where_it_can_be_trusted(command: str, result: str, good: bool) -> None:
    """Where there is none, or a pipe hides it, signs of failure in the text decide."""
    (call,) = calls_of(bash(command, result))

    assert succeeded(call) is good


def test_an_error_status_or_no_result_is_no_success() -> None:
    """A call that was refused or is still running has not succeeded."""
    asked, answer = bash("pytest")
    refused = ToolMessage("no", tool_call_id="c0", status="error")

    assert not succeeded(calls_of([asked, refused])[0])
    assert not succeeded(calls_of([asked])[0])
    assert succeeded(calls_of([asked, answer])[0])


@pytest.mark.parametrize(
    ("messages", "verified"),
    [
        ([*edit(), *bash("pytest")], True),
        ([*bash("pytest")], True),
        ([*edit()], False),
        ([*bash("pytest"), *edit()], False),
        ([*edit(), *bash("pytest"), *edit("CHANGES.md")], True),
        ([*edit(), *bash("pytest", "1 failed\n[exit code: 1]")], False),
        ([*edit(), *bash("pytest"), *bash("pytest -x", "[exit code: 1]")], False),
        ([*edit(), *bash("ls")], False),
        ([*bash("sed -i s/a/b/ add.py && pytest")], True),
        ([*turn(("edit_file", {"path": "add.py"}, "ok"), ("bash", {"command": "pytest"}, "ok"))], False),
        ([], False),
    ],
)
def test_verified_means_the_last_tests_after_the_last_edit_passed(
    messages: list[BaseMessage], verified: bool
) -> None:
    """Tests before or beside the edit prove nothing; edits of prose need none."""
    assert is_verified(calls_of(messages)) is verified


def test_a_tool_that_runs_tests_is_known_by_its_name() -> None:
    """A dedicated test tool counts as well as a command."""
    calls = calls_of(turn(("run_tests", {}, "ok"), ("latest_news", {}, "ok")))

    assert [runs_tests(call) for call in calls] == [True, False]
