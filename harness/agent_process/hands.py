"""What the runtime lends to middleware: the run's clock, and the workspace by command and by file."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from typing import Any

from harness.agent_process.link import Link


class Hands:
    """Calls that the supervisor carries out for middleware; they do not count as the agent's tool calls."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def run_command(self, command: str) -> str:
        """Run a shell command in the workspace; its output ends with a line that states the exit code."""
        return self._ask("run_command", command)

    def read_file(self, path: str) -> str:
        """Read a text file; raises ``OSError``."""
        return self._ask("read_file", path)

    def write_file(self, path: str, content: str) -> None:
        """Write a text file; raises ``OSError``."""
        self._ask("write_file", path, content)

    def _ask(self, name: str, *arguments: str) -> str:
        reply = self._link.ask("hand", name=name, arguments=[str(argument) for argument in arguments])
        if "error" in reply:
            raise OSError(reply.get("errno") or errno.EIO, str(reply["error"]))
        return str(reply["text"])


def runtime_arguments(link: Link, wall_seconds: float) -> Mapping[str, Callable[..., Any] | float]:
    """What constructors of middleware may ask for, by parameter name."""
    hands = Hands(link)
    return {
        "clock": link.clock,
        "run_command": hands.run_command,
        "read_file": hands.read_file,
        "write_file": hands.write_file,
        "budget_seconds": wall_seconds,
    }
