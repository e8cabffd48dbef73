"""The files below what a user names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path


def files_below(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file of the paths, once, folders in sorted order; a path that cannot be entered comes as it is.

    Hidden folders are entered only where they are named. Links are followed; a folder is entered once, so
    that loops end.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        yield from _below(path, seen)


def _below(path: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    waiting = [path]
    while waiting:
        here = waiting.pop()
        identity = _identity(here)
        if identity is not None and identity in seen:
            continue
        if identity is not None:
            seen.add(identity)
        entries = _entries(here)
        if entries is None:
            yield here
        else:
            waiting.extend(reversed(entries))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _entries(folder: Path) -> list[Path] | None:
    """A folder's entries, sorted, hidden folders left out; ``None`` for what is no folder that opens."""
    try:
        with os.scandir(folder) as entries:
            shown = [
                entry.name for entry in entries if not (entry.name.startswith(".") and _is_folder(entry))
            ]
    except OSError:
        return None
    return [folder / name for name in sorted(shown)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a loop
        return False
