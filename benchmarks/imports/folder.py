"""Reads a task's folder into memory, whole or not at all: no links, nothing special, nothing huge."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from benchmarks.imports.refusal import Reason, RefusedError

MAX_BYTES = 16 * 1024 * 1024
MAX_FILES = 2_000
_SKIPPED = frozenset({".git", "__pycache__", "node_modules", ".DS_Store"})


def read_folder(folder: Path) -> Mapping[str, bytes]:
    """All files below ``folder``, relative path → content, in the order of their paths.

    Raises ``RefusedError`` for a symbolic link or special file (it could point anywhere) and above the limits.
    """
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for path in _paths(folder):
        content = _content(path, folder, left)
        left -= len(content)
        found[_relative(path, folder)] = content
        if len(found) > MAX_FILES:
            raise RefusedError(Reason.TOO_LARGE, f"more than {MAX_FILES} files")
    return found


def _paths(folder: Path) -> list[Path]:
    """Files and links, depth first; the number of entries is bounded before anything is read."""
    found: list[Path] = []
    seen = 0
    for parent, folders, names in os.walk(folder, followlinks=False, onerror=_raise):
        folders[:] = sorted(set(folders) - _SKIPPED)
        seen += len(folders) + len(names)
        if seen > 2 * MAX_FILES:
            raise RefusedError(Reason.TOO_LARGE, f"more than {MAX_FILES} files")
        links = [name for name in folders if Path(parent, name).is_symlink()]
        found += [Path(parent, name) for name in sorted({*names, *links} - _SKIPPED)]
    return sorted(found)


def _content(path: Path, folder: Path, left: int) -> bytes:
    mode = path.lstat().st_mode
    shown = _relative(path, folder)
    if stat.S_ISLNK(mode):
        raise RefusedError(Reason.UNSAFE_FOLDER, f"{shown} is a symbolic link")
    if not stat.S_ISREG(mode):
        raise RefusedError(Reason.UNSAFE_FOLDER, f"{shown} is no regular file")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 -- a descriptor
            content = file.read(left + 1)
    except OSError as error:
        raise RefusedError(Reason.UNREADABLE, f"{shown}: {error.strerror}") from error
    if len(content) > left:
        raise RefusedError(Reason.TOO_LARGE, f"more than {MAX_BYTES >> 20} MiB")
    return content


def _relative(path: Path, folder: Path) -> str:
    relative = str(path.relative_to(folder))
    try:
        relative.encode()
    except UnicodeEncodeError:
        raise RefusedError(Reason.UNSAFE_FOLDER, f"{relative!r} is no UTF-8 name") from None
    return relative


def _raise(error: OSError) -> None:
    raise RefusedError(Reason.UNREADABLE, f"a folder cannot be listed: {error.strerror}") from error
