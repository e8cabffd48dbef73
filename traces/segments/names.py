"""The files of a segment folder: their names, their order, and whether somebody still writes to them."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

SUFFIX = ".segment"
PACKED_SUFFIX = ".segment.zst"


def segment_paths(folder: Path) -> tuple[Path, ...]:
    """The segments of a folder in the order in which they are read, plain or compressed, each once."""
    # While a segment is replaced by its compressed form there are both for a moment, with the same content.
    packed = {name_of(path): path for path in folder.glob(f"*{PACKED_SUFFIX}")}
    plain = {path.name: path for path in folder.glob(f"*{SUFFIX}")}
    return tuple(path for _, path in sorted((plain | packed).items()))


def name_of(path: Path) -> str:
    """A segment's name: its file's name without what compression adds."""
    return path.name.removesuffix(".zst")


def new_name(folder: Path, label: str | None) -> str:
    """A name that sorts behind all of the folder, and that no other writer chooses."""
    numbers = [path.name.partition("-")[0] for path in segment_paths(folder)]
    number = 1 + max((int(text) for text in numbers if text.isascii() and text.isdigit()), default=0)
    return f"{number:06d}-{label or 'spans'}-{secrets.token_hex(8)}{SUFFIX}"


def is_live(file: int) -> bool:
    """Whether a writer holds this open segment; a dead process holds nothing.

    An empty one counts as live: its writer may be about to lock it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return os.fstat(file).st_size == 0


def sync_folder(folder: Path) -> None:
    """Force the names of a folder's files to the disk; raises ``OSError``."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
