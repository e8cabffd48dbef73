"""The content of a segment in blocks of whole lines, from any offset on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from traces.errors import SegmentError
from traces.segments.names import is_live, name_of

_READ_BYTES = 1 << 20


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

    live: bool
    """Whether a writer held it when it was opened: its last line may then be unfinished."""

    def blocks(self, start: int, *, max_bytes: int) -> Iterator[Block]:
        """From the line that begins at ``start``: blocks of about ``max_bytes`` and at least a line."""

    def read(self, start: int, length: int) -> bytes:
        """The bytes from ``start``; fewer where the segment ends; raises ``OSError`` or ``SegmentError``."""


@contextmanager
def open_segment(path: Path) -> Iterator[OpenSegment]:
    """The segment of ``path``, in whatever form it is by now; raises ``SegmentError`` where it cannot be read.

    Raises ``FileNotFoundError`` where it was deleted, as retention does under its readers.
    """
    file = _open_either(path)
    try:
        yield PlainSegment(file)
    except OSError as error:
        raise SegmentError(f"cannot read {path}: {error}") from error
    finally:
        os.close(file)


class PlainSegment:
    """A segment as its writer left it, or is still writing it."""

    def __init__(self, file: int) -> None:
        # Asked first and read afterwards: what is closed now does not change any more.
        self.live = is_live(file)
        self._file = file

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
        return os.pread(self._file, length, start)

    def _lines(self, start: int, max_bytes: int) -> bytes:
        parts: list[bytes] = []
        while part := os.pread(self._file, max_bytes, start):
            # Of the first part all lines; of a line longer than that its end.
            last = part.find(b"\n") + 1 if parts else part.rfind(b"\n") + 1
            if last:
                return b"".join((*parts, part[:last]))
            parts.append(part)
            start, max_bytes = start + len(part), max(max_bytes, _READ_BYTES)
        return b"" if self.live else b"".join(parts)


def _open_either(path: Path) -> int:
    plain = path.with_name(name_of(path))
    # In this order: the compressed form is there before the plain one goes.
    for form in (plain, plain.with_name(f"{plain.name}.zst")):
        try:
            return os.open(form, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SegmentError(f"cannot read {form}: {error}") from error
    raise FileNotFoundError(plain)
