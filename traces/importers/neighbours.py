"""Files beside the one that is read, which may be packed as it may."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from traces.importers.opening import OpenedFile

_PACKED: Final = ("", ".gz", ".zst")


def read_neighbour(path: Path, most_bytes: int) -> bytes | None:
    """The beginning of the file's content, at most so many bytes; ``None`` where there is no such file."""
    for suffix in _PACKED:
        try:
            opened = OpenedFile(path.with_name(path.name + suffix))
            with opened.open() as file:
                return file.read(most_bytes)
        except OSError:
            continue
    return None
