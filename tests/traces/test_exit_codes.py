"""Exit codes are found where agents write them, and only there."""

from __future__ import annotations

import pytest

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


def test_only_commands_have_exit_codes() -> None:
    """A file that holds the words is no command; a tool with a command among its arguments is."""
    assert exit_code_of("read_file", {"path": "notes.md"}, "exit code: 1") is None
    assert exit_code_of("run", {"cmd": "make"}, "exit code: 1") == 1
    assert exit_code_of("local_shell", {}, "exit code: 1") == 1
