"""What the simulated model can do with its tools: deeds, the calls that carry them out, and back again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Call = tuple[str, dict[str, Any]]  # a tool's name and its arguments

_HERE = re.compile(r"\Acat > (?P<path>\S+) <<'END_OF_FILE'\n(?P<text>.*\n)END_OF_FILE\Z", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Look:
    """List the workspace."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Read a file."""

    path: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """Turn a file's text ``before`` into ``after``."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Write:
    """Write a whole file."""

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Append:
    """Add a line at the end of a file; ``before`` is its text where that is known."""

    path: str
    line: str
    before: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """Run a command."""

    command: str


Deed = Look | Read | Change | Write | Append | Run


def can(deed: type[Deed], tools: frozenset[str]) -> bool:
    """Whether the tools at hand allow a kind of deed."""
    if "bash" in tools:
        return True
    needed = {Read: {"read_file"}, Write: {"write_file"}, Append: {"write_file", "edit_file"}}
    if deed is Change:
        return bool({"edit_file", "write_file"} & tools)
    return bool(needed.get(deed, set()) & tools)


def call_for(deed: Deed, tools: frozenset[str]) -> Call:
    """The tool call that does it; the caller has asked ``can``."""
    if isinstance(deed, Look):
        return "bash", {"command": "ls -a"}
    if isinstance(deed, Run):
        return "bash", {"command": deed.command}
    if isinstance(deed, Read):
        return _read(deed.path, tools)
    if isinstance(deed, Append):
        return _append(deed, tools)
    if isinstance(deed, Change) and "edit_file" in tools:
        old, new = _hunk(deed.before, deed.after)
        return "edit_file", {"path": deed.path, "old_string": old, "new_string": new}
    return _write(deed.path, deed.after if isinstance(deed, Change) else deed.text, tools)


def deed_of(name: str, arguments: Mapping[str, Any]) -> Deed | None:
    """The deed that a call stands for; ``None`` for a call of another making."""
    path = _plain_path(str(arguments.get("path", "")))
    if name == "read_file":
        return Read(path=path)
    if name == "edit_file":
        return Change(
            path=path, before=str(arguments.get("old_string")), after=str(arguments.get("new_string"))
        )
    if name == "write_file":
        return Write(path=path, text=str(arguments.get("content")))
    return _deed_of_command(str(arguments.get("command", ""))) if name == "bash" else None


def _deed_of_command(command: str) -> Deed:
    here = _HERE.match(command)
    if here:
        return Write(path=_plain_path(here["path"]), text=here["text"])
    try:
        words = shlex.split(command)
    except ValueError:
        return Run(command=command)
    if words[:1] == ["ls"]:
        return Look()
    if words[:1] == ["cat"] and len(words) == 2:
        return Read(path=_plain_path(words[1]))
    if words[:1] == ["printf"] and words[-2:-1] == [">>"]:
        return Append(path=_plain_path(words[-1]), line=words[-3])
    return Run(command=command)


def _read(path: str, tools: frozenset[str]) -> Call:
    if "read_file" in tools:
        return "read_file", {"path": path}
    return "bash", {"command": f"cat {shlex.quote(path)}"}


def _append(deed: Append, tools: frozenset[str]) -> Call:
    if "bash" in tools:
        line, path = shlex.quote(deed.line), shlex.quote(deed.path)
        return "bash", {"command": f"printf '%s\\n' {line} >> {path}"}
    before = deed.before or ""
    text = f"{before}{'' if before.endswith(chr(10)) or not before else chr(10)}{deed.line}\n"
    if "write_file" in tools:
        return "write_file", {"path": deed.path, "content": text}
    return "edit_file", {"path": deed.path, "old_string": before, "new_string": text}


def _write(path: str, text: str, tools: frozenset[str]) -> Call:
    if "write_file" in tools:
        return "write_file", {"path": path, "content": text}
    whole = text if text.endswith("\n") else f"{text}\n"
    return "bash", {"command": f"cat > {shlex.quote(path)} <<'END_OF_FILE'\n{whole}END_OF_FILE"}


def _plain_path(path: str) -> str:
    return path.removeprefix("/workspace/").removeprefix("./")


def _hunk(before: str, after: str) -> tuple[str, str]:
    """The smallest run of whole lines that holds the difference and occurs once in ``before``."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    first, last = start, len(old) - end
    while first > 0 or last < len(old):
        piece = "".join(old[first:last])
        if piece and before.count(piece) == 1:
            break
        if first > 0:
            first -= 1
        if last < len(old):
            last += 1
    return "".join(old[first:last]), "".join(new[first : len(new) - (len(old) - last)])


def _common(left: list[str], right: list[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
