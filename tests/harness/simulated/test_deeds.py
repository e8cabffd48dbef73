"""Deeds become tool calls, and calls become deeds again."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.simulated.deeds import Append, Change, Deed, Look, Read, Run, Write, call_for, can, deed_of
from tests.harness.simulated.toy import TOOLS, use_tool

ALL = frozenset(TOOLS)
SHELL = frozenset({"bash"})


@pytest.mark.parametrize("tools", [ALL, SHELL])
@pytest.mark.parametrize(
    "deed",
    [
        Look(),
        Read(path="a b.py"),
        Write(path="a.py", text="x = '$HOME'\n"),
        Append(path="CHANGES.md", line="- it's `done`"),
        Run(command="python3 check_visible.py --verbose"),
    ],
)
def test_a_call_is_recognised_as_its_deed(deed: Deed, tools: frozenset[str]) -> None:
    """What the model did is read back from its calls alone."""
    if isinstance(deed, Append):
        assert deed_of(*call_for(deed, tools)) == Append(path=deed.path, line=deed.line)
    else:
        assert deed_of(*call_for(deed, tools)) == deed


@pytest.mark.parametrize("tools", [ALL, SHELL, frozenset({"write_file"})])
def test_a_change_takes_effect_whatever_the_tools(tmp_path: Path, tools: frozenset[str]) -> None:
    """The file reads as wanted afterwards."""
    before = "def f():\n    x = 1\n    return x\n\n\ndef g():\n    x = 1\n    return x\n"
    after = before.replace("x = 1", "x = 2", 2).replace("x = 2", "x = 1", 1)
    (tmp_path / "a.py").write_text(before)
    use_tool(tmp_path, *call_for(Change(path="a.py", before=before, after=after), tools))

    assert (tmp_path / "a.py").read_text() == after


def test_an_edit_quotes_no_more_than_it_needs() -> None:
    """The old text is the changed line when that is unique, else some lines around it."""
    _, unique = call_for(Change(path="a", before="a\nb\nc\n", after="a\nX\nc\n"), ALL)
    _, twice = call_for(Change(path="a", before="b\nq\nb\nc\n", after="b\nq\nX\nc\n"), ALL)

    assert unique["old_string"] == "b\n"
    assert "b\nq\nb\nc\n".count(twice["old_string"]) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("a\nc\n", "a\nb\nc\n"), ("a\nb\nc\n", "a\nc\n"), ("a\n", "b\n"), ("x\nx\n", "x\nx\nx\n")],
)
def test_insertions_and_deletions_can_be_edited(tmp_path: Path, before: str, after: str) -> None:
    """Also where no line is merely changed."""
    (tmp_path / "a").write_text(before)
    use_tool(tmp_path, *call_for(Change(path="a", before=before, after=after), ALL))

    assert (tmp_path / "a").read_text() == after


def test_a_line_is_appended_with_or_without_a_shell(tmp_path: Path) -> None:
    """What was there stays."""
    for tools in (ALL, frozenset({"write_file", "read_file"}), frozenset({"edit_file", "read_file"})):
        (tmp_path / "CHANGES.md").write_text("# Changes\n")
        use_tool(tmp_path, *call_for(Append(path="CHANGES.md", line="- done", before="# Changes\n"), tools))

        assert (tmp_path / "CHANGES.md").read_text() == "# Changes\n- done\n"


def test_paths_in_the_workspace_are_recognised_in_any_spelling() -> None:
    """Absolute, dotted and plain paths name the same file."""
    spellings = ("a.py", "./a.py", "/workspace/a.py")

    assert {deed_of("read_file", {"path": path}) for path in spellings} == {Read(path="a.py")}


def test_abilities_follow_from_the_tools() -> None:
    """Without a shell nothing runs; without a reader nothing is read."""
    assert can(Run, SHELL)
    assert not can(Run, frozenset({"read_file", "edit_file"}))
    assert can(Change, frozenset({"edit_file"}))
    assert not can(Read, frozenset({"edit_file"}))


def test_foreign_calls_are_no_deeds() -> None:
    """A tool of somebody else means nothing, and a broken command is just a command."""
    assert deed_of("search", {"query": "x"}) is None
    assert deed_of("bash", {"command": "echo 'unclosed"}) == Run(command="echo 'unclosed")
