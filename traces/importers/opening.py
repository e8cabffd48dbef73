"""Opening a file of any packing: gzip and Zstandard are seen by their first bytes, never by a name."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import zstandard

from traces.importers.importer import Source

HEAD_BYTES = 64 << 10
_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


class OpenedFile:
    """A file on disk as a ``Source``; knows how far it was read and whether its packing was damaged.

    Raises ``OSError`` where the file cannot be read or is no regular one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = False
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{path} is no regular file")  # a pipe would never end
        self.size = found.st_size
        self._packed: BinaryIO | None = None
        with self.open() as file:
            self.head = file.read(HEAD_BYTES)

    @property
    def source(self) -> Source:
        """What an importer gets."""
        return Source(path=self.path, head=self.head, open=self.open)

    @property
    def position(self) -> int:
        """How many bytes of the file, as it lies on disk, were read."""
        return 0 if self._packed is None or self._packed.closed else self._packed.tell()

    def open(self) -> BinaryIO:
        """The content from its start, unpacked. Where the packing is damaged the content ends."""
        self._packed = self.path.open("rb")
        return io.BufferedReader(_Unpacked(self._packed, self._note_damage), 1 << 18)

    def _note_damage(self) -> None:
        self.damaged = True


class _Unpacked(io.RawIOBase):
    """The content of a file that may be packed; ends, and says so, where it cannot be unpacked further."""

    def __init__(self, packed: BinaryIO, on_damage: Callable[[], None]) -> None:
        self._packed = packed
        self._on_damage = on_damage
        self._content = _content_of(packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # typeshed has no public name for a buffer
        try:
            # Not read(): what it had unpacked before the damage would be lost with the error.
            block = self._content.read1(len(view))  # type: ignore[attr-defined]  # all three have it
        except _DAMAGE:
            self._on_damage()
            return 0
        view[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._packed.close()
        super().close()


def _content_of(packed: BinaryIO) -> BinaryIO:
    magic = packed.read(4)
    packed.seek(0, os.SEEK_SET)
    if magic.startswith(_GZIP):
        return gzip.GzipFile(fileobj=packed)  # type: ignore[return-value]  # a BinaryIO in all that is used
    if magic == _ZSTANDARD:
        return zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    return packed
