"""The built-in tools: what they do, and what they say when they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harness.hands.toolbox import INVALID_ARGUMENTS, Toolbox
from harness.manifest import TOOL_NAMES
from harness.sandboxes.directory import DirectorySandbox, DirectorySession


@pytest.fixture
def session() -> Iterator[DirectorySession]:
    with DirectorySandbox().open(
        {"a.txt": b"one\ntwo\nthree\n", "twice": b"x x", "latin": b"\xe9\n"}
    ) as opened:
        yield opened


@pytest.fixture
def tools(session: DirectorySession) -> Toolbox:
    return Toolbox(session, TOOL_NAMES)


def test_bash_tells_output_and_exit_code(tools: Toolbox) -> None:
    """The last line states the exit code, also after output without a line's end."""
    outcome = tools.run("bash", {"command": "printf out; exit 5"})

    assert outcome.text == "out\n[exit code: 5]"
    assert (outcome.exit_code, outcome.error) == (5, None)


def test_bash_without_output_tells_its_exit_code_only(tools: Toolbox) -> None:
    """Nothing is made up around it."""
    outcome = tools.run("bash", {"command": "true"})

    assert outcome.text == "[exit code: 0]"


def test_bash_ends_what_takes_too_long(tools: Toolbox) -> None:
    """The model is told, with what was printed until then and the code of timeout(1)."""
    outcome = tools.run("bash", {"command": "echo begin; sleep 9", "timeout": 0.3})

    assert outcome.text == "begin\n[ended after 0.3 seconds]\n[exit code: 124]"
    assert (outcome.error, outcome.seconds) == ("timeout", 0.3)


def test_the_run_s_time_bounds_a_command(tools: Toolbox) -> None:
    """A call cannot ask for more than is left."""
    outcome = tools.run("bash", {"command": "sleep 9", "timeout": 9}, seconds=0.2)

    assert outcome.seconds == 0.2


def test_bash_says_when_output_was_cut(tools: Toolbox) -> None:
    """A flood ends with a line that says so, before the exit code."""
    outcome = tools.run("bash", {"command": "head -c 400000 /dev/zero | tr '\\0' y"})

    assert outcome.text.endswith("y\n[output cut here: it was too long]\n[exit code: 0]")


def test_reading_gives_the_text_as_it_is(tools: Toolbox) -> None:
    """No line numbers: what is read can be parsed, and copied into an edit."""
    outcome = tools.run("read_file", {"path": "a.txt"})

    assert outcome.text == "one\ntwo\nthree\n"


def test_reading_in_parts(tools: Toolbox) -> None:
    """Offset counts from 1; what is left out after the part is said."""
    part = tools.run("read_file", {"path": "a.txt", "offset": 2, "limit": 1})
    end = tools.run("read_file", {"path": "a.txt", "offset": 3})

    assert part.text == "two\n[1 more lines; go on with offset 3]"
    assert end.text == "three\n"


def test_an_edit_replaces_the_one_occurrence(tools: Toolbox, session: DirectorySession) -> None:
    """Other bytes of the file stay, whatever their encoding."""
    outcome = tools.run("edit_file", {"path": "a.txt", "old_string": "two\n", "new_string": "2\n"})
    tools.run("edit_file", {"path": "latin", "old_string": "\n", "new_string": "!\n"})

    assert outcome.text == "edited a.txt"
    assert session.read("a.txt") == b"one\n2\nthree\n"
    assert session.read("latin") == b"\xe9!\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("four", "4", "old_string does not occur in twice"),
        ("", "4", "old_string does not occur in twice"),
        ("x", "y", "old_string occurs 2 times in twice"),
        ("x x", "x x", "nothing was changed"),
    ],
)
def test_an_edit_that_does_not_fit_says_why(
    tools: Toolbox, session: DirectorySession, old: str, new: str, told: str
) -> None:
    """Nothing is written."""
    outcome = tools.run("edit_file", {"path": "twice", "old_string": old, "new_string": new})

    assert told in outcome.text
    assert outcome.error == "edit_mismatch"
    assert session.read("twice") == b"x x"


def test_writing_makes_folders(tools: Toolbox, session: DirectorySession) -> None:
    """A new file in a new folder needs one call."""
    outcome = tools.run("write_file", {"path": "new/deep/b.txt", "content": "é"})

    assert outcome.text == "wrote new/deep/b.txt"
    assert session.read("new/deep/b.txt") == "é".encode()


@pytest.mark.parametrize(
    ("name", "arguments", "told", "error"),
    [
        ("read_file", {"path": "missing"}, "error: missing: No such file or directory", "FileNotFoundError"),
        ("read_file", {"path": "."}, "error: .: Is a directory", "IsADirectoryError"),
        ("write_file", {"path": "a.txt/b", "content": ""}, "File exists", "FileExistsError"),
        ("bash", {}, "the argument 'command' is missing", "invalid_arguments"),
        ("bash", {"command": "x", "cwd": "/"}, "there is no argument 'cwd'; bash takes command, timeout", "invalid_arguments"),
        ("bash", {"command": "x", "timeout": True}, "must be a JSON number", "invalid_arguments"),
        ("read_file", {"path": "a.txt", "offset": 1.5}, "must be a JSON integer", "invalid_arguments"),
        ("bash", "ls", "must be a JSON object", "invalid_arguments"),
        ("bash", {INVALID_ARGUMENTS: "{"}, "are not valid JSON", "invalid_arguments"),
        ("fly", {}, "unknown tool 'fly'; the tools are bash, read_file", "unknown_tool"),
    ],
)  # fmt: skip
def test_a_bad_call_is_answered(tools: Toolbox, name: str, arguments: Any, told: str, error: str) -> None:
    """With a text that names what is wrong: no call raises."""
    outcome = tools.run(name, arguments)

    assert told in outcome.text
    assert outcome.text.startswith("error: ")
    assert outcome.error == error


def test_a_tool_that_is_not_enabled_is_unknown(session: DirectorySession) -> None:
    """A harness's list of tools is what there is, though middleware may still run commands."""
    tools = Toolbox(session, ("read_file",))

    assert tools.run("bash", {"command": "true"}).error == "unknown_tool"
    assert tools.command("echo hi").text == "hi\n[exit code: 0]"


def test_lines_are_counted_as_compilers_count_them(tools: Toolbox, session: DirectorySession) -> None:
    """A form feed or an odd separator within a line ends none: offsets agree with tracebacks."""
    session.write("odd.py", "one\x0c\u2028still one\r\ntwo\nthree".encode())
    second = tools.run("read_file", {"path": "odd.py", "offset": 2, "limit": 1})
    whole = tools.run("read_file", {"path": "odd.py"})

    assert second.text == "two\n[1 more lines; go on with offset 3]"
    assert whole.text == "one\x0c\u2028still one\r\ntwo\nthree"


def test_a_file_that_is_no_text_is_shown_as_text(tools: Toolbox) -> None:
    """Odd bytes become the replacement character, which every model takes."""
    outcome = tools.run("read_file", {"path": "latin"})

    assert outcome.text == "\ufffd\n"


def test_one_call_shows_so_much_of_a_file(tools: Toolbox, session: DirectorySession) -> None:
    """A line of megabytes does not fill the model's context; what follows says how to go on."""
    session.write("long", b"x" * 300_000)
    outcome = tools.run("read_file", {"path": "long"})

    assert outcome.text == "x" * (256 * 1024) + "\n[cut here: too long to show at once; read fewer lines]"
    assert outcome.error is None


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"offset": 0}, "one\ntwo\nthree\n"),
        ({"offset": -5, "limit": 1}, "one\n[2 more lines; go on with offset 2]"),
        ({"limit": 0}, "one\n[2 more lines; go on with offset 2]"),
        ({"limit": 3}, "one\ntwo\nthree\n"),
        ({"offset": 4}, ""),
        ({"offset": 10**30, "limit": 10**30}, ""),
    ],
)
def test_parts_at_the_edges(tools: Toolbox, arguments: dict[str, int], shown: str) -> None:
    """Numbers that fit no file are taken for the nearest that do."""
    assert tools.run("read_file", {"path": "a.txt", **arguments}).text == shown


def test_a_file_s_default_part_is_two_thousand_lines(tools: Toolbox, session: DirectorySession) -> None:
    """The rest is announced."""
    session.write("many", b"x\n" * 2001)

    assert tools.run("read_file", {"path": "many"}).text.endswith("x\n[1 more lines; go on with offset 2001]")


@pytest.mark.parametrize(("timeout", "given"), [(-3, 0.1), (0, 0.1), (float("nan"), 0.1)])
def test_a_command_always_gets_a_moment(tools: Toolbox, timeout: float, given: float) -> None:
    """Whatever number comes, a command is started and ended."""
    outcome = tools.run("bash", {"command": "sleep 5", "timeout": timeout})

    assert outcome.seconds == given


def test_null_bytes_in_paths_are_the_call_s_mistake(tools: Toolbox) -> None:
    """For each tool that takes a path."""
    errors = [
        tools.run("read_file", {"path": "a\0"}).error,
        tools.run("write_file", {"path": "a\0", "content": ""}).error,
        tools.run("edit_file", {"path": "a\0", "old_string": "a", "new_string": "b"}).error,
    ]

    assert errors == ["invalid_arguments"] * 3


def test_half_a_character_is_written_as_a_question_mark(tools: Toolbox, session: DirectorySession) -> None:
    """A new file is always text."""
    tools.run("write_file", {"path": "b", "content": "a\ud800b"})

    assert session.read("b") == b"a?b"
