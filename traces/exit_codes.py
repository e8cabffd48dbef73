"""Exit codes of commands, where an agent left them only in the text of a result."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What coding agents write: "[exit code: 1]", "Exit code 1", "Process exited with code 1",
# "<returncode>1</returncode>", "exit status 1", "\"exit_code\": 1".
_EXIT_CODE = re.compile(
    r"""(?:exit(?:ed\ with)?[\s_-]?(?:code|status)|return[\s_-]?code)["']?\s{0,3}[:=>]?\s{0,3}(-?\d{1,10})\b""",
    re.IGNORECASE | re.VERBOSE,
)
_COMMAND_TOOL = re.compile(r"bash|shell|exec|command|terminal", re.IGNORECASE)
_COMMAND_ARGUMENTS = frozenset({"command", "cmd", "script"})
_EDGE = 300  # characters: agents put the code first or last, and in between stands the program's own output


def exit_code_of(tool: str, arguments: Mapping[str, object], result: str) -> int | None:
    """The exit code that the result of a command states at its end or its beginning, if any.

    Other tools' results are not read: a file may well contain the words.
    """
    if not (_COMMAND_TOOL.search(tool) or _COMMAND_ARGUMENTS & arguments.keys()):
        return None
    found = _EXIT_CODE.findall(result[-_EDGE:]) or _EXIT_CODE.findall(result[:_EDGE])
    return int(found[-1]) if found else None
