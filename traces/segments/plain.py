"""A segment as its writer left it, or is still writing it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from traces.segments.blocks import Block
from traces.segments.names import is_live

_READ_BYTES = 1 << 20


class PlainSegment:
    """A plain segment, opened for reading."""

    def __init__(self, file: int, *, live: bool | None = None) -> None:
        # Asked first and read afterwards: what is closed now does not change any more.
        self.live = is_live(file) if live is None else live
        self.file = file

    def blocks(self, start: int, *, max_bytes: int) -> Iterator[Block]:
        """From the line that begins at ``start``; an unfinished last line is held back while it is live."""
        while True:
            content = self._lines(start, max_bytes)
            if not content:
                return
            yield Block(start=start, end=start + len(content), content=content)
            start += len(content)

    def read(self, start: int, length: int) -> bytes:
        """The bytes from ``start``."""
        return os.pread(self.file, length, start)

    def _lines(self, start: int, max_bytes: int) -> bytes:
        parts: list[bytes] = []
        while part := os.pread(self.file, max_bytes, start):
            # Of the first part all lines; of a line longer than that its end.
            last = part.find(b"\n") + 1 if parts else part.rfind(b"\n") + 1
            if last:
                return b"".join((*parts, part[:last]))
            parts.append(part)
            start, max_bytes = start + len(part), max(max_bytes, _READ_BYTES)
        return b"" if self.live else b"".join(parts)
