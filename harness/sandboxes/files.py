"""Reads and writes files as a process inside a sandbox sees them: what a link points at is inside too."""
# ruff: noqa: PTH103, PTH118, PTH120, PTH123 - descriptors and flags are the point here

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping

READ_LIMIT = 16 * 1024 * 1024
SNAPSHOT_LIMIT = 64 * 1024 * 1024
SNAPSHOT_FILES = 10_000  # files and folders, so that a copy fits into a fresh workspace with room to spare
SNAPSHOT_NAMES = 4 * 1024 * 1024  # characters of all paths, which travel as JSON
_BLOCK = 4096  # bytes that a file of one byte takes


def read_file(path: str, *, limit: int = READ_LIMIT) -> bytes:
    """The content of a regular file; raises ``OSError`` for anything else and above ``limit`` bytes."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"larger than {limit} bytes", path)
    return content


def write_file(path: str, content: bytes) -> None:
    """Write a regular file, making its folders; raises ``OSError``."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o644)
    with open(descriptor, "wb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        file.truncate(0)
        file.write(content)


def write_tree(folder: str, files: Mapping[str, bytes]) -> None:
    """Write files (relative path → content) into an empty folder; raises ``OSError`` for a path that leaves it."""
    for path, content in files.items():
        parts = path.split("/")
        if path.startswith("/") or not all(parts) or any(part in {".", ".."} for part in parts):
            raise OSError(errno.EINVAL, "not a relative path", path)
        write_file(f"{folder}/{path}", content)


def snapshot(folder: str) -> dict[str, bytes]:
    """All readable regular files below ``folder``, by relative path; raises ``OSError`` above the limits.

    A file counts with the blocks it takes, or the copy of many small ones would not fit where they came from.
    """
    files: dict[str, bytes] = {}
    left, names = SNAPSHOT_LIMIT, SNAPSHOT_NAMES
    for path in _regular_files(folder):
        relative = os.path.relpath(path, folder)
        names -= len(relative)
        if names < 0:
            raise OSError(errno.EFBIG, f"paths of more than {SNAPSHOT_NAMES} characters", folder)
        try:
            content = read_file(path, limit=max(0, left))
        except PermissionError:
            continue
        left -= -(-len(content) // _BLOCK) * _BLOCK
        files[relative] = content
    return files


def _regular_files(folder: str) -> Iterator[str]:
    seen = 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        seen += len(folders) + len(names)
        if seen > SNAPSHOT_FILES:
            raise OSError(errno.EFBIG, f"more than {SNAPSHOT_FILES} files", folder)
        for name in sorted(names):
            path = os.path.join(parent, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield path
