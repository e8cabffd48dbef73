"""Exit codes are found where agents write them, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.exit_codes import exit_code_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("output\n[exit code: 1]", 1),
        ("[exit code: 0]", 0),
        ("Exit code 127\nbash: foo: not found", 127),
        ("Process exited with code 2\nOutput:", 2),
        ("<returncode>1</returncode>\n<output>x</output>", 1),
        ('{"output": "x", "metadata": {"exit_code": 3}}', 3),
        ("command failed with exit status 4", 4),
        ("returncode: -9", -9),
        ("exit code: 1\n" + "x" * 5000 + "\n[exit code: 0]", 0),
        ("Exit code 5\n" + "x" * 5000, 5),
        ("x" * 5000 + "exit code: 6" + "x" * 5000, None),
        ("no code here, exit now", None),
        ("", None),
    ],
)
def test_codes_in_text(text: str, code: int | None) -> None:
    """At the end or the beginning of a result; the end counts more."""
    assert exit_code_of("bash", {}, text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Exit code: 1\nWall time: 0.2 seconds\nOutput:\nno rule", 1),
        (
            "Chunk ID: 7f\nWall time: 0.05 seconds\nProcess exited with code 1\nOriginal token count: 5\nOutput:\nx",
            1,
        ),
        (
            "Command: make\nDirectory: (root)\nOutput: x\nExit Code: 2\nSignal: (none)\nProcess Group PGID: 7",
            2,
        ),
        ("x\n[Command finished with exit code 1]\n[Current working directory: /a]", 1),
        ("x\n[The command completed with exit code 130.]\n[Current working directory: /a]", 130),
        ("Error: Exit code 1\nx", 1),
    ],
)
def test_among_other_lines_of_the_agent(text: str, code: int) -> None:
    """Each agent has its own lines before and after the output."""
    assert exit_code_of("bash", {}, text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"exitCode":1}', 1),
        ('{"exit":1}', 1),
        ('{"output": "x", "metadata": {"exit": 1}}', 1),
        ('{\n  "returncode": 1,\n  "output": "exit code: 5"\n}', 1),
        ('{"stdout": "x", "exit_code": "-9"}', -9),
        ('{"returncode": 1, "output": "xxxxx' + "x" * 500, 1),
        ('{"output": "' + "x" * 500 + '", "metadata": {"exit_code": 3, "dur', 3),
        ('{"name": "app", "exit": 1, "main": "x"}', None),
        ('{"metadata": "x", "exit": true}', None),
        ('{"a": 1}\n[exit code: 1]', 1),
        ('{"output": "the middle says \\"exit_code\\": 7 to nobody", "metadata": {}}', None),
        ("[1, 2]", None),
    ],
)
def test_codes_in_json(text: str, code: int | None) -> None:
    """In the envelope that an agent puts around the output, not in JSON that a program printed."""
    assert exit_code_of("shell", {}, text) == code


@pytest.mark.parametrize(
    "text",
    [
        "tests that check the exit code: 1 of 3 passed",
        "the process exited with code 1 in an earlier run\nall good now",
        "a\nexit code: 1\nb",
        "status code: 404",
        "code 1",
        "returned exit code 1 when I tried",
        "grep: exit code: 1\nmore\nand more",
        "exit code: " + "9" * 400,
    ],
)
def test_what_programs_print(text: str) -> None:
    """Words in a sentence, in the middle, about something else, or with an endless number say nothing."""
    assert exit_code_of("bash", {}, text) is None


def test_the_agents_code_goes_before_the_programs_last_words() -> None:
    """A header of the agent counts more than a bare last line, a bracketed last line more than a header."""
    assert exit_code_of("bash", {}, "Exit code: 0\nOutput:\nexit status 1") == 0
    assert exit_code_of("bash", {}, "exit code: 1\n[exit code: 0]") == 0


@pytest.mark.parametrize(
    "tool", ["bash", "Bash", "run_shell_command", "mcp__box__run_command", "functions.exec_command"]
)
def test_names_of_shells(tool: str) -> None:
    """Capital letters and a server's name before it do not matter."""
    assert exit_code_of(tool, {}, "[exit code: 1]") == 1


@pytest.mark.parametrize("tool", ["read_file", "execute_sql", "commander", "bashful", ""])
def test_names_of_other_tools(tool: str) -> None:
    """A part of a name is not enough."""
    assert exit_code_of(tool, {}, "[exit code: 1]") is None


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=200) | st.from_regex(r"(exit(ed with)? code[: ]{0,3}-?[0-9]{0,12}[\]\n ]?){1,4}"))
def test_any_text_is_read(text: str) -> None:
    """Nothing breaks on it, nor takes long."""
    code = exit_code_of("bash", {}, text)

    assert code is None or isinstance(code, int)
    assert exit_code_of("bash", {}, " exit code" * 100_000 + text) in {code, None}


def test_only_commands_have_exit_codes() -> None:
    """A file that holds the words is no command; a tool with a command among its arguments is."""
    assert exit_code_of("read_file", {"path": "notes.md"}, "exit code: 1") is None
    assert exit_code_of("run", {"cmd": "make"}, "exit code: 1") == 1
    assert exit_code_of("local_shell", {}, "exit code: 1") == 1
    assert exit_code_of("str_replace_editor", {"command": "view", "path": "a"}, "exit code: 1") is None
