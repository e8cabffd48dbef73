"""The writer of segments: whole records at the end of a file that it alone holds."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from traces.codec import encode_span
from traces.errors import SegmentError
from traces.redaction import Redactor
from traces.segments.names import new_name, sync_folder
from traces.segments.record import frame_payload
from traces.span import Span

Fsync = Literal["never", "close", "always", "batch"]
ROTATE_BYTES = 64 << 20


class SegmentWriter:
    """Appends spans to a segment file of its own in ``folder``; a context manager.

    Any number of writers, of any number of processes, may share a folder. ``append`` and ``append_many``
    may be called from any thread. When they return, the spans are with the operating system and survive a
    ``kill -9`` of the process; ``fsync`` says when they are also forced to the disk, to survive a loss of
    power: ``never``, when a segment is closed (``close``), at the end of each ``append_many`` too (``batch``),
    or at the end of every call (``always``). ``redactor`` sees each span before it is written. ``name``
    becomes part of the file's name.

    A segment that has reached ``rotate_bytes``, or whose first span is ``rotate_seconds`` of ``clock`` old, is
    closed by the next append, which begins another one: ``path`` changes. While the writer holds a segment
    it has an ``flock`` on it. Raises ``SegmentError`` where the disk is full or cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        redactor: Redactor | None = None,
        name: str | None = None,
        fsync: Fsync = "close",
        rotate_bytes: int = ROTATE_BYTES,
        rotate_seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._redactor = redactor
        self._name = name
        self._fsync = fsync
        self._rotate_bytes = rotate_bytes
        self._rotate_seconds = rotate_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._file: int | None = None
        self._closed = False
        self._size = 0
        self._first_at: float | None = None
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, span: Span) -> None:
        """Write one span in one piece; raises ``SegmentError`` and leaves no half record behind."""
        self._append((span,), force=self._fsync == "always")

    def append_many(self, spans: Sequence[Span]) -> None:
        """Write the spans in one piece, all or none of them, into one segment.

        Raises ``SegmentError``; what was written before stays, and no half record is left behind.
        """
        if spans:
            self._append(spans, force=self._fsync in {"always", "batch"})

    def rotate(self) -> None:
        """Close the segment now and begin another one, unless it is empty; raises ``SegmentError``."""
        with self._lock:
            self._opened()
            if self._size:
                self._close()
                self._open()

    def close(self) -> None:
        """Close the segment; harmless when it is closed. An empty one is removed."""
        with self._lock:
            self._closed = True
            if self._file is not None:
                self._close()

    def _append(self, spans: Sequence[Span], *, force: bool) -> None:
        block = self._block(spans)
        with self._lock:
            file = self._opened()
            if self._is_due():
                self._close()
                file = self._open()
            self._write(file, block, force=force)
            if self._first_at is None:
                self._first_at = self._clock()

    def _block(self, spans: Sequence[Span]) -> bytes:
        payloads = [encode_span(span) for span in spans]
        if self._redactor is not None:
            for number, redacted in self._redactor.redact_encoded(spans, payloads).items():
                payloads[number] = encode_span(redacted)
        return b"".join(map(frame_payload, payloads))

    def _opened(self) -> int:
        if self._closed:
            raise SegmentError(f"{self.path} is closed")
        # None where a rotation failed: the disk may have room again.
        return self._open() if self._file is None else self._file

    def _is_due(self) -> bool:
        if self._first_at is None:
            return False
        too_old = self._rotate_seconds is not None and self._clock() - self._first_at >= self._rotate_seconds
        return too_old or self._size >= self._rotate_bytes

    def _open(self) -> int:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path = self._folder / new_name(self._folder, self._name)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            file = os.open(self.path, flags, 0o600)
            # Waits at most for a reader that asks, for a moment, whether somebody writes here.
            fcntl.flock(file, fcntl.LOCK_EX)
            if self._fsync in {"always", "batch"}:
                sync_folder(self._folder)
        except OSError as error:
            raise SegmentError(f"cannot create a segment in {self._folder}: {error}") from error
        self._size = 0
        self._first_at = None
        self._file = file
        return file

    def _close(self) -> None:
        assert self._file is not None
        file, self._file = self._file, None
        try:
            if self._size == 0:
                self.path.unlink(missing_ok=True)
            elif self._fsync != "never":
                os.fsync(file)
            # A forked child may hold the file open, and with it the lock.
            fcntl.flock(file, fcntl.LOCK_UN)
        except OSError as error:
            raise SegmentError(f"cannot close {self.path}: {error}") from error
        finally:
            os.close(file)

    def _write(self, file: int, block: bytes, *, force: bool) -> None:
        try:
            try:
                _write_all(file, block)
                if force:
                    os.fdatasync(file)
            except OSError:
                # A half record would swallow the next one, which begins on the same line.
                os.ftruncate(file, self._size)
                raise
        except OSError as error:
            raise SegmentError(f"cannot write to {self.path}: {error}") from error
        self._size += len(block)


def _write_all(file: int, block: bytes) -> None:
    # One call writes it all, but for a disk that fills up halfway: the second call then says so.
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(file, rest) :]
