"""The situation is worked out from the transcript alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.simulated.situation import Situation, assess
from harness.simulated.transcript import Note, ToolUse, Transcript

INSTRUCTION = "Repair `f` in `f.py`; `python3 check_visible.py` tests it. Add a line to `CHANGES.md`."
PROGRAM = "def f(n):\n    return n - 1\n"
FAILING = "FAIL f(1) returned 0, expected 2\n0 of 1 examples passed\n[exit code: 1]"


def _use(name: str, arguments: Mapping[str, Any], result: str, **settings: Any) -> ToolUse:
    exit_code = settings.get("exit_code")
    return ToolUse(
        answer=0,
        name=name,
        arguments=arguments,
        result=result,
        exit_code=exit_code,
        failed=settings.get("failed", False),
    )


def _assess(*uses: ToolUse, sight: int | None = None, notes: tuple[Note, ...] = ()) -> Situation:
    transcript = Transcript(
        system="", instruction=INSTRUCTION, uses=uses, notes=notes, answers=len(uses), tools=frozenset()
    )
    return assess(transcript, sight=sight)


READ = _use("read_file", {"path": "f.py"}, PROGRAM)
TEST = _use("bash", {"command": "python3 check_visible.py"}, FAILING, exit_code=1)
EDIT = _use("edit_file", {"path": "f.py", "old_string": "n - 1", "new_string": "n + 1"}, "edited f.py")


def test_reading_testing_and_editing_are_followed() -> None:
    """Texts of the program, facts, and whether the last edit was tested."""
    now = _assess(READ, TEST, EDIT)

    assert now.texts == [PROGRAM, PROGRAM.replace("-", "+")]
    assert [(fact.call, fact.expected) for fact in now.facts()] == [("f(1)", "2")]
    assert (now.edits, now.is_tested, now.passed) == (1, False, False)
    assert _assess(READ, TEST, EDIT, TEST).is_tested


def test_an_edit_that_was_refused_changes_nothing() -> None:
    """It is counted, until the program is read again."""
    refused = _use("edit_file", EDIT.arguments, "error: does not occur", failed=True)
    now, again = _assess(READ, refused), _assess(READ, refused, READ)

    assert (now.texts, now.failed_edits) == ([PROGRAM], 1)
    assert (again.texts, again.failed_edits, again.rejected_edits) == ([PROGRAM], 0, 1)


def test_only_so_much_of_a_result_is_seen() -> None:
    """What lies beyond sight gives no fact, and no exit code either."""
    long = _use("bash", TEST.arguments, "trace\n" * 100 + FAILING, exit_code=1)
    blind, seeing = _assess(READ, long, sight=300), _assess(READ, long)

    assert (blind.facts(), blind.passed) == ((), None)
    assert (len(seeing.facts()), seeing.passed) == (1, False)


def test_line_numbers_are_taken_off() -> None:
    """Some tools number the lines."""
    numbered = "".join(
        f"{number:6}\t{line}" for number, line in enumerate(PROGRAM.splitlines(keepends=True), 1)
    )

    assert _assess(_use("read_file", {"path": "f.py"}, numbered)).texts == [PROGRAM]


def test_a_program_read_through_the_shell_ends_before_the_exit_code() -> None:
    """The tool's own last line is no part of the file."""
    read = _use("bash", {"command": "cat f.py"}, f"{PROGRAM}[exit code: 0]", exit_code=0)

    assert _assess(read).texts == [PROGRAM]


def test_missing_files_are_remembered() -> None:
    """By whatever tool they were not found."""
    missing = _use("read_file", {"path": "src/f.py"}, "error: no such file", failed=True)
    by_shell = _use(
        "bash", {"command": "cat lib/f.py"}, "cat: lib/f.py: No such file\n[exit code: 1]", exit_code=1
    )

    assert _assess(missing, by_shell).missing == ["src/f.py", "lib/f.py"]


def test_a_listing_comes_from_looking_or_from_a_note() -> None:
    """Either makes the files known."""
    look = _use("bash", {"command": "ls -a"}, ".\n..\nf.py\nREADME.md\n[exit code: 0]", exit_code=0)
    note = Note(text="The files:\n- f.py\n- README.md", answers=0, at_the_end=False)

    assert {"f.py", "README.md"} <= _assess(look).listing
    assert {"f.py", "README.md"} <= _assess(notes=(note,)).listing
    assert _assess(look).has_looked
    assert not _assess(notes=(note,)).has_looked


def test_the_wanted_line_is_seen_to_be_written() -> None:
    """By appending or by writing the file, if that succeeded."""
    appended = _use(
        "bash", {"command": "printf '%s\\n' '- done' >> CHANGES.md"}, "[exit code: 0]", exit_code=0
    )
    refused = _use("write_file", {"path": "CHANGES.md", "content": "x"}, "error: no", failed=True)

    assert _assess(appended).noted
    assert not _assess(refused).noted
    assert not _assess(READ).noted
