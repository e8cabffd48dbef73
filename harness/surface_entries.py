"""One entry of ``[surfaces]``: a file glob, or a key path of ``harness.toml``."""

from __future__ import annotations

from harness.tree_paths import MANIFEST_PATH, POLICY_PATH, PROTECTED_NAMES, matches

KEY_PREFIX = f"{MANIFEST_PATH}:"
NEVER_KEYS = (("model", "name"), ("harness", "agent"), ("harness", "argv"), ("surfaces",))
_NEVER_FILES = (MANIFEST_PATH, POLICY_PATH, *sorted(PROTECTED_NAMES))


def entry_problem(entry: str) -> str | None:
    """Why ``entry`` may not stand in ``[surfaces]``: it opens what is never a surface. ``None`` if it may."""
    if not entry.startswith(KEY_PREFIX):
        return _glob_problem(entry)
    key = key_of(entry)
    if not all(key):
        return f"surface {entry!r} must name a key, such as '{KEY_PREFIX}limits.steps'"
    opened = [never for never in NEVER_KEYS if is_within(never, key) or is_within(key, never)]
    if opened:
        return f"surface {entry!r} would open {'.'.join(opened[0])}, which is never a surface"
    return None


def key_of(entry: str) -> tuple[str, ...]:
    """The key path of a ``harness.toml:`` entry."""
    return tuple(entry.removeprefix(KEY_PREFIX).split("."))


def is_within(key: tuple[str, ...], table: tuple[str, ...]) -> bool:
    """Whether ``key`` is ``table`` or lies under it."""
    return key[: len(table)] == table


def _glob_problem(entry: str) -> str | None:
    if not entry or entry.startswith(("/", "./", "!")) or ".." in entry.split("/"):
        return f"surface {entry!r} must be a glob of files relative to the harness, such as 'prompts/**'"
    if ":" in entry:
        return f"surface {entry!r} must be a file glob, or a key path '{KEY_PREFIX}KEY'"
    opened = [path for path in _NEVER_FILES if matches(entry, path)]
    if opened:
        return f"surface {entry!r} would open {opened[0]}, which is never a surface"
    return None
