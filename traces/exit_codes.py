"""Exit codes of commands, where an agent left them only in the text of a result."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice

# Tools of coding agents that run commands; a server's name before it ("mcp__box__bash") does not matter.
SHELL_TOOLS = frozenset(
    {
        "bash", "sh", "zsh", "cmd", "powershell", "pwsh", "shell", "shell_command", "local_shell",
        "local_shell_call", "container.exec", "exec", "exec_command", "execute_command", "execute_bash",
        "execute_shell", "run_bash", "run_bash_command", "run_command", "run_in_terminal", "run_shell",
        "run_shell_command", "run_terminal_cmd", "run_terminal_command", "terminal", "unified_exec",
        "write_stdin",
    }
)  # fmt: skip
_COMMAND_ARGUMENTS = frozenset({"command", "cmd", "script"})
_EDITOR_ARGUMENTS = frozenset(
    {"path", "file_path", "filePath"}
)  # an editor's "command" is a verb, such as "view"

# A line that is nothing but the code: "Exit code: 1", "Process exited with code 1", "[exit code: 1]",
# "<returncode>1</returncode>", "[Command finished with exit code 1]", "exit status 1", "command failed with exit status 4".
_LINE = re.compile(
    r"""[\[(<]?(?:error:\ )?
        (?:(?:the\ )?(?:command|process)\ (?:finished|completed|exited|failed|terminated)\ with\ )?
        (?:exit[\s_-]?(?:code|status)|(?:exited\ with\ |exit\ with\ )?code|return[\s_-]?code)
        \ ?[:=>]?\ ?(?P<code>-?\d{1,10})[\])>.:]{0,2}(?:</returncode>)?""",
    re.IGNORECASE | re.VERBOSE,
)
_BARE_CODE = re.compile(r"code\b", re.IGNORECASE)  # "code 1" alone may mean anything
_BEFORE = (
    "chunk id:",
    "wall time:",
    "original token count:",
    "total output lines:",
    "command:",
    "directory:",
)
_AFTER = (
    "signal:",
    "background pids:",
    "process group pgid:",
    "[current working directory",
    "[python interpreter",
)
_LINES = 8  # at either end
_LINE_LENGTH = 120
_KEYS = ("exit_code", "exitCode", "exit", "returncode", "return_code", "exit_status")
_ENVELOPE = frozenset({"output", "stdout", "stderr", "aggregated_output", "metadata", "title"})
_CUT_TEXT = re.compile(r'"(?:exit_?code|exit|return_?code)"\s{0,3}:\s{0,3}(-?\d{1,10})\b', re.IGNORECASE)
_CUT_EDGE = 80  # characters of a JSON text that is cut


def exit_code_of(tool: str, arguments: Mapping[str, object], result: str) -> int | None:
    """The exit code that an agent put before or after a command's output, or into the JSON around it.

    Other tools' results are not read: a file may well contain the words. Nor is the output itself: only a
    line that is nothing but the code counts, at the very beginning or end, beside other lines of the agent's.
    """
    if not _runs_commands(tool, arguments):
        return None
    is_object = result[:_LINE_LENGTH].lstrip().startswith("{")
    value = _object_of(result) if is_object else None
    if value is not None:
        return _in_object(value)
    code = _on_lines(result)
    return _in_cut_json(result) if code is None and is_object else code


def _on_lines(result: str) -> int | None:
    first = _stated(result[: _LINES * _LINE_LENGTH].splitlines(), _BEFORE)
    last = _stated(reversed(result[-_LINES * _LINE_LENGTH :].rstrip().splitlines()), _AFTER)
    # A code in brackets at the end is the agent's; a bare one may be the program's last words.
    is_bracketed = result[-_LINE_LENGTH:].rstrip().endswith(("]", ">"))
    found = (last, first) if is_bracketed else (first, last)
    return next((code for code in found if code is not None), None)


def _runs_commands(tool: str, arguments: Mapping[str, object]) -> bool:
    name = tool.lower().rsplit("__", 1)[-1]
    if name in SHELL_TOOLS or name.rsplit(".", 1)[-1] in SHELL_TOOLS:
        return True
    return bool(_COMMAND_ARGUMENTS & arguments.keys()) and not _EDITOR_ARGUMENTS & arguments.keys()


def _stated(lines: Iterable[str], beside: tuple[str, ...]) -> int | None:
    """The code on the first line that is not one of the agent's other lines."""
    for line in islice(lines, _LINES):
        text = line.strip()
        if text and not text.lower().startswith(beside):
            found = _LINE.fullmatch(text) if len(text) <= _LINE_LENGTH else None
            return None if found is None or _BARE_CODE.match(text) else int(found["code"])
    return None


def _object_of(result: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(result)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _in_object(value: Mapping[str, object]) -> int | None:
    """The code in an agent's envelope; an object that a program printed has no output beside the code."""
    metadata = value.get("metadata")
    if isinstance(metadata, dict):
        code = _code_in(metadata)
        if code is not None:
            return code
    return _code_in(value) if len(value) == 1 or _ENVELOPE & value.keys() else None


def _code_in(value: Mapping[str, object]) -> int | None:
    for key in _KEYS:
        code = value.get(key)
        if isinstance(code, str) and len(code) <= 10 and code.lstrip("-").isdecimal():
            return int(code)
        if isinstance(code, int) and not isinstance(code, bool):
            return code
    return None


def _in_cut_json(result: str) -> int | None:
    """The code at an end of a JSON text that is broken, for agents cut long ones."""
    found = _CUT_TEXT.findall(result[-_CUT_EDGE:]) or _CUT_TEXT.findall(result[:_CUT_EDGE])
    return int(found[-1]) if found else None
