"""Segments: append-only files of spans that survive a kill at any moment.

A segment is a file of lines ``v1 <CRC-32 of the JSON, 8 hexadecimal digits> <JSON of a span>``. A line that
was cut or changed fails its checksum and costs only itself; the next line break is the next record.
"""

from __future__ import annotations

import os
import secrets
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

from traces.codec import decode_span, encode_span
from traces.errors import SegmentError
from traces.redaction import Redactor
from traces.span import Span

SUFFIX = ".segment"
_VERSION = b"v1"

Fsync = Literal["never", "close", "always"]


@dataclass(kw_only=True)
class DamageReport:
    """What a reader had to leave out: unfinished last lines, and records that fail their checksum.

    ``places`` names each as ``file:line``.
    """

    torn: int = 0
    corrupt: int = 0
    places: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All lines that were left out."""
        return self.torn + self.corrupt


class SegmentWriter:
    """Appends spans to a segment file of its own in ``folder``; a context manager.

    Any number of writers, of any number of processes, may share a folder. ``append`` may be called from
    any thread. When it returns, the span is with the operating system and survives a ``kill -9`` of the
    process; ``fsync`` says when it is also forced to the disk, to survive a loss of power. ``redactor``
    sees each span before it is written. ``name`` becomes part of the file's name. Raises ``SegmentError``
    where the disk is full or cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        redactor: Redactor | None = None,
        name: str | None = None,
        fsync: Fsync = "close",
    ) -> None:
        self._redactor = redactor
        self._fsync = fsync
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.path = folder / _segment_name(folder, name)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._file: int | None = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise SegmentError(f"cannot create a segment in {folder}: {error}") from error

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
        if self._redactor is not None:
            span = self._redactor.redact_span(span)
        record = _frame(encode_span(span))
        with self._lock:
            if self._file is None:
                raise SegmentError(f"{self.path} is closed")
            self._write(self._file, record)

    def close(self) -> None:
        """Close the file; harmless when it is closed. An empty segment is removed."""
        with self._lock:
            if self._file is None:
                return
            file, self._file = self._file, None
            try:
                if os.fstat(file).st_size == 0:
                    self.path.unlink(missing_ok=True)
                elif self._fsync != "never":
                    os.fsync(file)
            except OSError as error:
                raise SegmentError(f"cannot close {self.path}: {error}") from error
            finally:
                os.close(file)

    def _write(self, file: int, record: bytes) -> None:
        try:
            size = os.fstat(file).st_size
            try:
                _write_all(file, record)
                if self._fsync == "always":
                    os.fsync(file)
            except OSError:
                # A half record would swallow the next one, which begins on the same line.
                os.ftruncate(file, size)
                raise
        except OSError as error:
            raise SegmentError(f"cannot write to {self.path}: {error}") from error


def read_spans(folder: Path, *, damage: DamageReport | None = None) -> Iterator[Span]:
    """All spans of a folder's segments, by file name and then in the order of writing.

    What cannot be read is skipped and entered into ``damage``. A folder that does not exist holds no
    spans. Raises ``SegmentError`` where a file cannot be opened or read.
    """
    for path in segment_paths(folder):
        yield from read_segment(path, damage=damage)


def read_segment(path: Path, *, damage: DamageReport | None = None) -> Iterator[Span]:
    """The spans of one segment in the order of writing, as ``read_spans``."""
    report = DamageReport() if damage is None else damage
    try:
        with path.open("rb") as file:
            yield from _read_lines(file, path.name, report)
    except OSError as error:
        raise SegmentError(f"cannot read {path}: {error}") from error


def segment_paths(folder: Path) -> tuple[Path, ...]:
    """The segments of a folder in the order in which they are read."""
    return tuple(sorted(folder.glob(f"*{SUFFIX}")))


def _read_lines(file: BinaryIO, name: str, report: DamageReport) -> Iterator[Span]:
    for number, line in enumerate(file, start=1):
        try:
            span = _unframe(line)
        except SegmentError:
            # Only the last line of a file can lack its break: the writer was cut off there.
            if line.endswith(b"\n"):
                report.corrupt += 1
            else:
                report.torn += 1
            report.places.append(f"{name}:{number}")
        else:
            yield span


def _frame(payload: bytes) -> bytes:
    return b"%s %08x %s\n" % (_VERSION, zlib.crc32(payload), payload)


def _unframe(line: bytes) -> Span:
    if not line.endswith(b"\n"):
        raise SegmentError("cut off")
    version, _, rest = line[:-1].partition(b" ")
    checksum, _, payload = rest.partition(b" ")
    if version != _VERSION or checksum != b"%08x" % zlib.crc32(payload):
        raise SegmentError("fails its checksum")
    return decode_span(payload)


def _write_all(file: int, record: bytes) -> None:
    # One call writes it all, but for a disk that fills up halfway: the second call then says so.
    written = os.write(file, record)
    while written < len(record):
        written += os.write(file, record[written:])


def _segment_name(folder: Path, name: str | None) -> str:
    # Numbered, so that later segments are read later; with a token, so that no two writers collide.
    numbers = [path.name.partition("-")[0] for path in segment_paths(folder)]
    number = 1 + max((int(text) for text in numbers if text.isascii() and text.isdigit()), default=0)
    return f"{number:06d}-{name or 'spans'}-{secrets.token_hex(8)}{SUFFIX}"
