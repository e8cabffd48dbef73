"""Reads and writes files as a process inside a sandbox sees them: what a link points at is inside too."""
# ruff: noqa: PTH103, PTH118, PTH120, PTH123 - descriptors and flags are the point here

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping

READ_LIMIT = 16 * 1024 * 1024
SNAPSHOT_LIMIT = 64 * 1024 * 1024
SNAPSHOT_FILES = 20_000


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
    """All readable regular files below ``folder``, by relative path; raises ``OSError`` above the limits."""
    files: dict[str, bytes] = {}
    left = SNAPSHOT_LIMIT
    for path in _regular_files(folder):
        if len(files) >= SNAPSHOT_FILES:
            raise OSError(errno.EFBIG, f"more than {SNAPSHOT_FILES} files", folder)
        try:
            content = read_file(path, limit=left)
        except PermissionError:
            continue
        left -= len(content)
        files[os.path.relpath(path, folder)] = content
    return files


def _regular_files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield path
