"""LocalContext under a real agent, looking at real folders."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from middleware.local_context import LocalContext


def shell_in(folder: Path) -> Callable[[str], str]:
    """Runs commands in a folder, as a runtime would in its sandbox."""

    def run(command: str) -> str:
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
        return f"{done.stdout}\n[exit code: {done.returncode}]"

    return run


def test_the_workspace_is_listed_after_the_instruction(play: Any, workspace: Path) -> None:
    """One note holds folder, files, test files and tools; the model sees it in every call."""
    (workspace / "docs").mkdir()
    (workspace / "docs" / "guide.md").write_text("")
    played = play([LocalContext(run_command=shell_in(workspace))], [[("bash", {"command": "ls"})], "done"])

    lines = played.notes[0].splitlines()
    assert played.shape == "hhata"
    assert lines[0] == f"The workspace is {workspace}. Its files:"
    assert lines[1:4] == ["add.py", "test_add.py", "docs/guide.md"]
    assert lines[4] == "Test files: test_add.py"
    assert lines[5].startswith("Available: Python 3.")
    assert "exit code" not in played.notes[0]
    assert all(played.notes[0] == request.messages[1].text for request in played.requests)
    assert played.activations == [("LocalContext", "workspace listed")]


def test_a_large_workspace_is_listed_from_its_root(play: Any, workspace: Path) -> None:
    """The limit holds, the nearest files come first, and the rest is counted."""
    deep = workspace / "a" / "b"
    deep.mkdir(parents=True)
    for number in range(30):
        (deep / f"{number}.py").write_text("")
    played = play([LocalContext(run_command=shell_in(workspace), max_entries=3)], ["done"])

    assert played.notes[0].splitlines()[1:5] == [
        "add.py",
        "test_add.py",
        "a/b/0.py",
        "(29 more files are not shown.)",
    ]


def test_hidden_and_generated_folders_are_left_out(play: Any, workspace: Path) -> None:
    """Version control, caches and installed modules are no part of the listing."""
    for folder in (".git", "__pycache__", "node_modules"):
        (workspace / folder).mkdir()
        (workspace / folder / "noise.py").write_text("")
    played = play([LocalContext(run_command=shell_in(workspace))], ["done"])

    assert "noise" not in played.notes[0]


def test_hostile_file_names_stay_on_their_line(play: Any, workspace: Path) -> None:
    """Control characters are dropped and long names cut."""
    (workspace / "a\x1b[31mred").write_text("")
    (workspace / ("n" * 250)).write_text("")
    played = play([LocalContext(run_command=shell_in(workspace))], ["done"])

    assert "\x1b" not in played.notes[0]
    assert max(len(line) for line in played.notes[0].splitlines()[1:]) <= 200


@pytest.mark.parametrize("answer", ["", "error: no shell here", "x" * 100])
def test_an_unreadable_workspace_adds_nothing(play: Any, answer: str) -> None:
    """Whatever a broken shell prints, the run goes on unchanged."""
    played = play([LocalContext(run_command=lambda _: answer)], ["done"])

    assert played.shape == "ha"
    assert played.activations == []


def test_a_failing_shell_adds_nothing(play: Any) -> None:
    """Errors of the operating system do not end the run."""

    def broken(command: str) -> str:
        raise TimeoutError(command)

    played = play([LocalContext(run_command=broken)], ["done"])

    assert played.notes == []


def test_an_empty_workspace_adds_nothing(play: Any, tmp_path: Path) -> None:
    """There is nothing to list."""
    empty = tmp_path / "empty"
    empty.mkdir()
    played = play([LocalContext(run_command=shell_in(empty))], ["done"])

    assert played.notes == []


def test_by_default_the_current_folder_is_listed(
    play: Any, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a runtime a subprocess looks around."""
    monkeypatch.chdir(workspace)
    played = play([LocalContext()], ["done"])

    assert "test_add.py" in played.notes[0]


def test_nothing_is_inserted_while_a_call_is_pending(workspace: Path) -> None:
    """A resumed conversation that ends in an open call stays as it is."""
    pending = [HumanMessage("do"), AIMessage("", tool_calls=[{"name": "bash", "args": {}, "id": "c"}])]
    middleware = LocalContext(run_command=shell_in(workspace))

    assert middleware.before_agent({"messages": pending}, None) is None  # type: ignore[arg-type]


def test_fewer_entries_than_one_are_refused() -> None:
    """The error names the parameter."""
    with pytest.raises(ValueError, match="max_entries >= 1; got 0"):
        LocalContext(max_entries=0)
