"""Commands as a sandbox's first process runs them, where they need no namespace of their own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from harness.sandboxes.commands import OUTPUT_LIMIT, Commands, end_everything


@pytest.fixture
def commands() -> Iterator[Commands]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Commands(theirs, {"PATH": "/usr/bin:/bin", "GREETING": "hello"})


def test_the_environment_is_the_given_one(commands: Commands) -> None:
    """Nothing is inherited."""
    finished = commands.execute(("env",), timeout=5, stdin=b"")

    assert sorted(finished.output.split()) == [b"GREETING=hello", b"PATH=/usr/bin:/bin"]


def test_output_of_both_streams_keeps_its_order(commands: Commands) -> None:
    """They are one pipe."""
    script = "echo 1; echo 2 >&2; echo 3"
    finished = commands.execute(("sh", "-c", script), timeout=5, stdin=b"")

    assert finished.output == b"1\n2\n3\n"


def test_what_a_command_leaves_behind_does_not_hold_it_up(commands: Commands) -> None:
    """The command's own end counts, though a child still has the pipe."""
    finished = commands.execute(("sh", "-c", "sleep 1 & echo now"), timeout=5, stdin=b"")

    assert finished.output == b"now\n"
    assert not finished.timed_out


def test_a_child_that_writes_forever_does_not_either(commands: Commands) -> None:
    """What is still in the pipe is read, and no more."""
    script = "(timeout 1 yes) & sleep 0.1"
    finished = commands.execute(("sh", "-c", script), timeout=5, stdin=b"")

    assert finished.exit_code == 0
    assert len(finished.output) <= OUTPUT_LIMIT


def test_a_closed_output_is_not_the_end(commands: Commands) -> None:
    """A command that closes its streams is waited for."""
    finished = commands.execute(("sh", "-c", "exec >&- 2>&-; sleep 0.1; exit 6"), timeout=5, stdin=b"")

    assert finished.exit_code == 6


def test_a_broken_pipe_ends_a_command_as_usual(commands: Commands) -> None:
    """Signals that Python ignores are restored."""
    finished = commands.execute(("bash", "-c", "yes | head -1; echo ${PIPESTATUS[0]}"), timeout=5, stdin=b"")

    assert finished.output == b"y\n141\n"


@pytest.mark.parametrize(("argv", "code"), [(("no-such",), 127), (("/etc/passwd",), 126), (("/",), 126)])
def test_what_cannot_be_started_has_a_shell_s_code(
    commands: Commands, argv: tuple[str, ...], code: int
) -> None:
    """And no exception."""
    finished = commands.execute(argv, timeout=5, stdin=b"")

    assert finished.exit_code == code
    assert finished.output.startswith(argv[0].encode())


def test_no_descriptor_is_left_open(commands: Commands) -> None:
    """Thousands of commands can follow each other."""
    commands.execute(("true",), timeout=5, stdin=b"x")
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - numbers, not paths
    for argv in (("true",), ("no-such",), ("cat",)):
        commands.execute(argv, timeout=5, stdin=b"x")

    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208


def test_everything_is_only_ended_inside(commands: Commands) -> None:
    """Outside of a pid namespace of its own that would be the machine."""
    with pytest.raises(AssertionError):
        end_everything()
