"""Shows the model its workspace and tools before it starts."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState
from langgraph.runtime import Runtime
from typing_extensions import override

from middleware.activation import announce, note
from middleware.tool_calls import is_pending

_SECTION = "=====flywheel-section====="
_SCRIPT = f"""pwd
echo {_SECTION}
find . -mindepth 1 \\( -name '.*' -o -name node_modules -o -name __pycache__ \\) -prune -o -type f -print | head -n 5000
echo {_SECTION}
python3 --version 2>&1
for tool in git make node npm cargo go java gcc rg pytest; do command -v $tool >/dev/null 2>&1 && echo $tool; done
echo {_SECTION}
"""
_TEST_FILE = re.compile(r"(?:^|[/_])(?:tests?|checks?)(?:[/_.]|$)|_spec\.", re.IGNORECASE)
_LONGEST_NAME = 200
_SECONDS = 20.0


class LocalContext(AgentMiddleware[AgentState[Any], Any, Any]):
    """Adds one note after the instruction: the workspace's files, which of them look like tests, and the tools.

    Where the workspace cannot be read or is empty, nothing is added. Files whose names start with a dot,
    ``node_modules`` and ``__pycache__`` are left out.

    Args:
        run_command: Runs a line of POSIX shell in the workspace and returns what it prints; by default a
            subprocess in the current folder with a limit of 20 seconds.
        max_entries: Files to list at most, at least 1; those nearest to the root come first.
        name: Name of this instance, needed when a stack holds two; the class name by default.

    Raises:
        ValueError: For fewer entries than one.
    """

    def __init__(
        self,
        *,
        run_command: Callable[[str], str] | None = None,
        max_entries: int = 60,
        name: str | None = None,
    ) -> None:
        if max_entries < 1:
            raise ValueError(f"LocalContext needs max_entries >= 1; got {max_entries}")
        super().__init__()
        self._run_command = run_command or _run_here
        self._max_entries = max_entries
        self._name = name or type(self).__name__

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def before_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Look at the workspace and add the note."""
        if is_pending(state["messages"]) or (text := self._look()) is None:
            return None
        announce(self.name, "workspace listed")
        return {"messages": [note(self.name, text)]}

    @override
    async def abefore_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        """As ``before_agent``, in a thread."""
        return await asyncio.to_thread(self.before_agent, state, runtime)

    def _look(self) -> str | None:
        try:
            sections = self._run_command(_SCRIPT).split(_SECTION)
        except (OSError, subprocess.SubprocessError):
            return None
        if len(sections) < 4:  # the command was cut short
            return None
        folder, listing, tools = (_lines(section) for section in sections[:3])
        files = sorted(
            (name.removeprefix("./") for name in listing), key=lambda name: (name.count("/"), name)
        )
        return self._text("".join(folder[:1]), files, tools) if files else None

    def _text(self, folder: str, files: list[str], tools: list[str]) -> str:
        shown = files[: self._max_entries]
        lines = [f"The workspace is {folder}. Its files:", *shown]
        if len(files) > len(shown):
            lines.append(f"({len(files) - len(shown)} more files are not shown.)")
        if tests := [name for name in files if _TEST_FILE.search(name)][:10]:
            lines.append(f"Test files: {', '.join(tests)}")
        if tools:
            lines.append(f"Available: {', '.join(tools)}")
        return "\n".join([*lines, "Use these paths; do not guess others."])


def _lines(section: str) -> list[str]:
    """Its lines that hold something, without control characters: file names are not to be trusted."""
    lines = ("".join(filter(str.isprintable, line))[:_LONGEST_NAME].strip() for line in section.splitlines())
    return [line for line in lines if line]


def _run_here(command: str) -> str:
    finished = subprocess.run(
        ["sh", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_SECONDS,
        check=False,
    )
    return finished.stdout
