"""The content of a segment in blocks of whole lines, from any offset on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Block:
    """Whole lines from ``start`` to ``end``, in bytes of the unpacked segment.

    The last line of a closed segment may lack its break. ``content`` is ``None`` where it is lost.
    """

    start: int
    end: int
    content: bytes | None


class OpenSegment(Protocol):
    """A segment opened for reading."""

    file: int
    """Its open file; its owner's to close."""
    live: bool
    """Whether a writer held it when it was opened: its last line may then be unfinished."""

    def blocks(self, start: int, *, max_bytes: int) -> Iterator[Block]:
        """From the line that begins at ``start``: blocks of about ``max_bytes`` and at least a line."""

    def read(self, start: int, length: int) -> bytes:
        """The bytes from ``start``; fewer where the segment ends; raises ``OSError`` or ``SegmentError``."""
