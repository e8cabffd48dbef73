"""What an instruction asks for: which program to repair, how to test it, and what else it wants."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PYTHON_FILE = re.compile(r"`(?P<path>[\w./-]+\.py)`")
_COMMAND = re.compile(r"`(?P<command>(?:python3?|pytest|make|\./)[^`\n]*(?:test|check)[^`\n]*)`")
_LINE_WANTED = re.compile(
    r"\b(?:add|append|write|put|keep|record|leave|note)\b[^.\n`]*\b(?:line|entry|note|sentence|record)\b[^.\n`]*`(?P<path>[^`\s]+)`",
    re.IGNORECASE,
)
_IS_TEST = re.compile(r"(?:^|[/_.-])(?:tests?|checks?)(?:[/_.-]|$)|conftest", re.IGNORECASE)
_FILE_NAME = re.compile(r"(?<![\w/.-])(?:\./|/workspace/)?(?P<path>\w[\w-]*(?:/[\w.-]+)*\.\w+)(?![\w/])")


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """``target`` is the program's path; ``command`` runs the visible tests; ``notes_file`` wants a line."""

    target: str | None
    command: str | None
    notes_file: str | None


def understand(instruction: str, listing: frozenset[str] = frozenset()) -> Understanding:
    """What the instruction says, completed by what the workspace shows."""
    named = [match["path"].removeprefix("/workspace/") for match in _PYTHON_FILE.finditer(instruction)]
    command = _COMMAND.search(instruction)
    tests = [path for path in (*named, *sorted(listing)) if path.endswith(".py") and is_test(path)]
    scripts = set(command["command"].split()) if command else set(tests)
    programs = [path for path in named if path not in scripts]
    programs += [path for path in sorted(listing) if path.endswith(".py") and not is_test(path)]
    wanted = _LINE_WANTED.search(instruction)
    return Understanding(
        target=programs[0] if programs else None,
        command=command["command"] if command else f"python3 {tests[0]}" if tests else None,
        notes_file=wanted["path"] if wanted else None,
    )


def files_named(text: str) -> frozenset[str]:
    """File names that stand in a text as a listing shows them: by themselves, not behind another folder."""
    return frozenset(match["path"] for match in _FILE_NAME.finditer(text))


def is_test(path: str) -> bool:
    """Whether a path looks like a test's."""
    return bool(_IS_TEST.search(path))
