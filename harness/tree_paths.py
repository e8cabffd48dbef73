"""Which relative paths a harness repository may hold."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

MANIFEST_PATH = "harness.toml"
POLICY_PATH = "policy.toml"
PROTECTED_NAMES = frozenset(
    {".gitattributes", ".gitmodules"}
)  # they make git act on other files, at any depth
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:]")
# Names that some file system folds to ".git" (git's own fsck refuses the same ones).
_GIT_FOLDER = re.compile(r"\.git|git~[0-9]+|\.flywheel", re.IGNORECASE)


def path_problem(path: str) -> str | None:
    """Say why ``path`` may not be a file of a harness repository; ``None`` if it may.

    A good path is relative, has no ``.``, ``..`` or empty part, no control character, backslash or
    colon, and stays out of ``.git`` and ``.flywheel``.
    """
    if not path or path.startswith("/"):
        return "must be relative to the repository"
    if _UNSAFE.search(path):
        return "holds a control character, a backslash or a colon"
    for part in path.split("/"):
        if part in {"", ".", ".."}:
            return "has an empty, '.' or '..' part"
        if _GIT_FOLDER.fullmatch(part.rstrip(". ")):
            return f"has the reserved name {part!r}"
    return None


def matches(glob: str, path: str) -> bool:
    """Whether ``path`` matches ``glob``: ``*`` stays within one folder, ``**`` spans any number of them.

    >>> matches("prompts/**", "prompts/de/system.md"), matches("prompts/*", "prompts/de/system.md")
    (True, False)
    """
    return _matches(glob.split("/"), path.split("/"))


def _matches(pattern: list[str], parts: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] != "**":
        return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(pattern[1:], parts[1:])
    if len(pattern) == 1:
        return bool(parts)
    return any(_matches(pattern[1:], parts[start:]) for start in range(len(parts) + 1))
