"""An instruction says what to repair, how to test it, and what else is wanted."""

from __future__ import annotations

import pytest

from harness.simulated.assignment import Understanding, files_named, is_test, understand

INSTRUCTION = (
    "The function `add` in `add.py` is wrong.\n\n`python3 check_visible.py` runs the visible tests.\n"
    "Leave `check_visible.py` as it is.\nAdd one line to `CHANGES.md` that says what you changed."
)


def test_an_instruction_is_understood() -> None:
    """Program, command and the file that wants a line."""
    assert understand(INSTRUCTION) == Understanding(
        target="add.py", command="python3 check_visible.py", notes_file="CHANGES.md"
    )


def test_a_program_may_be_called_like_a_test() -> None:
    """Only the script in the command is the test."""
    told = INSTRUCTION.replace("add", "check_dict")

    assert understand(told).target == "check_dict.py"


def test_a_listing_completes_what_is_not_said() -> None:
    """Program and test are found in the workspace."""
    listing = frozenset({"README.md", "solve.py", "test_solve.py"})

    assert understand("Repair the program.", listing) == Understanding(
        target="solve.py", command="python3 test_solve.py", notes_file=None
    )


def test_nothing_said_is_nothing_understood() -> None:
    """Where nothing is named there is nothing to go by."""
    assert understand("Do something.") == Understanding(target=None, command=None, notes_file=None)


@pytest.mark.parametrize(
    "wish",
    [
        "Append an entry to `NOTES.txt`.",
        "Please record your change as a line in `NOTES.txt`.",
        "Write one line into `NOTES.txt`",
    ],
)
def test_the_wish_for_a_line_has_many_wordings(wish: str) -> None:
    """Adding, appending, recording, writing."""
    assert understand(wish).notes_file == "NOTES.txt"


def test_files_are_named_by_themselves() -> None:
    """A name behind another folder is another file."""
    listed = files_named(
        ".\n..\nadd.py\n./lib/tools.py\nerror: src/sub.py: No such file\n/workspace/top.py\n"
    )

    assert {"add.py", "lib/tools.py", "top.py"} <= listed
    assert "sub.py" not in listed


@pytest.mark.parametrize(
    ("path", "expected"), [("test_a.py", True), ("check_visible.py", True), ("latest.py", False)]
)
def test_tests_are_known_by_their_names(path: str, expected: bool) -> None:
    """The word must stand by itself."""
    assert is_test(path) is expected
