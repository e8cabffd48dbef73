"""Carries out tool calls in a sandbox; whatever goes wrong becomes a text that the model can act on."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.hands.schemas import COMMAND_SECONDS, MAX_COMMAND_SECONDS, arguments_problem
from harness.sandbox import SandboxSession

INVALID_ARGUMENTS = "__invalid_arguments__"  # stands for arguments that were no JSON; holds their text
_TIMED_OUT = 124  # the exit code that timeout(1) gives
_LINES = 2000  # of a file, unless a call asks for another number
_SHOWN = 256 * 1024  # characters of a file that one call shows


@dataclass(frozen=True, kw_only=True)
class ToolOutcome:
    """What the model is told, and what is recorded: ``error`` is the class of a failed call.

    ``seconds`` is how long a command was let run that had to be ended.
    """

    text: str
    exit_code: int | None = None
    error: str | None = None
    seconds: float | None = None


class Toolbox:
    """The tools of one run. ``offered`` are those that the harness enabled."""

    def __init__(self, session: SandboxSession, offered: tuple[str, ...]) -> None:
        self._session = session
        self._tools = {
            "bash": self._bash,
            "read_file": self._read,
            "edit_file": self._edit,
            "write_file": self._write,
        }
        self._offered = offered

    def run(self, name: str, arguments: Any, *, seconds: float = MAX_COMMAND_SECONDS) -> ToolOutcome:
        """Carry out a call that may take at most ``seconds``; raises ``BrokenSystemError`` only."""
        if name not in self._offered:
            return _error("unknown_tool", f"unknown tool {name!r}; the tools are {', '.join(self._offered)}")
        if isinstance(arguments, dict) and INVALID_ARGUMENTS in arguments:
            return _error("invalid_arguments", "the arguments of this call are not valid JSON; send it again")
        if (problem := arguments_problem(name, arguments)) is not None:
            return _error("invalid_arguments", problem)
        try:
            return self._tools[name](arguments, seconds)
        except ValueError as error:  # a null byte in a path, or text that cannot be encoded
            return _error("invalid_arguments", str(error))
        except OSError as error:
            return _os_error(str(arguments.get("path", "")), error)

    def command(self, command: str, *, seconds: float = COMMAND_SECONDS) -> ToolOutcome:
        """Run a shell command, whether or not the model has that tool."""
        return self._bash({"command": command}, seconds)

    def _bash(self, arguments: Mapping[str, Any], seconds: float) -> ToolOutcome:
        wanted = arguments.get("timeout", COMMAND_SECONDS)
        timeout = float(max(0.1, min(wanted, seconds, MAX_COMMAND_SECONDS)))
        result = self._session.execute(("bash", "-c", arguments["command"]), timeout=timeout)
        text = result.output
        if text and not text.endswith("\n"):
            text += "\n"
        if result.truncated:
            text += "[output cut here: it was too long]\n"
        if result.timed_out:
            text += f"[ended after {timeout:g} seconds]\n"
        code = _TIMED_OUT if result.timed_out else result.exit_code
        return ToolOutcome(
            text=f"{text}[exit code: {code}]",
            exit_code=code,
            error="timeout" if result.timed_out else None,
            seconds=timeout if result.timed_out else None,
        )

    def _read(self, arguments: Mapping[str, Any], _: float) -> ToolOutcome:
        text = self._session.read(arguments["path"]).decode("utf-8", "replace")
        lines = list(io.StringIO(text, newline="\n"))  # as compilers and grep count them
        first = max(1, arguments.get("offset", 1))
        limit = max(1, arguments.get("limit", _LINES))
        shown = "".join(lines[first - 1 : first - 1 + limit])
        if len(shown) > _SHOWN:
            return ToolOutcome(
                text=f"{shown[:_SHOWN]}\n[cut here: too long to show at once; read fewer lines]"
            )
        left = len(lines) - (first - 1 + limit)
        if left > 0:
            shown += f"[{left} more lines; go on with offset {first + limit}]"
        return ToolOutcome(text=shown)

    def _edit(self, arguments: Mapping[str, Any], _: float) -> ToolOutcome:
        path, old, new = arguments["path"], arguments["old_string"], arguments["new_string"]
        text = self.read_text(path)
        count = text.count(old) if old else 0
        if count == 0:
            return _error(
                "edit_mismatch", f"old_string does not occur in {path}; read it and copy the text exactly"
            )
        if count > 1:
            return _error("edit_mismatch", f"old_string occurs {count} times in {path}; add lines around it")
        if old == new:
            return _error("edit_mismatch", "old_string and new_string are equal; nothing was changed")
        self._session.write(path, text.replace(old, new).encode("utf-8", "surrogateescape"))
        return ToolOutcome(text=f"edited {path}")

    def _write(self, arguments: Mapping[str, Any], _: float) -> ToolOutcome:
        self._session.write(arguments["path"], arguments["content"].encode("utf-8", "replace"))
        return ToolOutcome(text=f"wrote {arguments['path']}")

    def read_text(self, path: str) -> str:
        """A file's text; bytes that are no UTF-8 are kept by surrogates. Raises ``OSError``."""
        return self._session.read(path).decode("utf-8", "surrogateescape")


def _error(kind: str, text: str) -> ToolOutcome:
    return ToolOutcome(text=f"error: {text}", error=kind)


def _os_error(path: str, error: OSError) -> ToolOutcome:
    return _error(type(error).__name__, f"{path}: {error.strerror or error}")
