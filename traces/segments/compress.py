"""Compressing closed segments: verified, then swapped in, so that one complete copy is there at any moment."""

from __future__ import annotations

import fcntl
import operator
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from traces.errors import SegmentError
from traces.segments.contents import ContentsTally
from traces.segments.names import PACKED_SUFFIX, SUFFIX, sync_folder
from traces.segments.packed import FRAME_BYTES, Frame, PackedSegment, pack_frame, pack_table
from traces.segments.plain import PlainSegment

_UNFINISHED = ".unfinished"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class CompressReport:
    """Which segments were compressed, from how many bytes to how many, and how many are being written."""

    segments: tuple[str, ...]
    bytes_before: int
    bytes_after: int
    live: int


def compress_closed(folder: Path) -> CompressReport:
    """Replace each closed segment of a folder by its compressed form, under the same name with ``.zst``.

    A segment whose writer lives is left alone, and so is one that somebody else is compressing. A kill at
    any moment leaves a complete copy: the new file is written beside, forced to the disk, read back and
    compared, and only then renamed; the plain one goes last. Both together count as one to all readers.
    Modification times are kept. Raises ``SegmentError`` where a file cannot be read or written.
    """
    done: list[str] = []
    before = after = live = 0
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            with _held(path) as file:
                if file is None:
                    live += 1
                    continue
                size = os.fstat(file).st_size
                packed_size = _replace(path, file)
        except FileNotFoundError:
            continue  # compressed or deleted by somebody else meanwhile
        except OSError as error:
            raise SegmentError(f"cannot compress {path}: {error}") from error
        done.append(path.name)
        before, after = before + size, after + packed_size
    return CompressReport(segments=tuple(done), bytes_before=before, bytes_after=after, live=live)


@contextmanager
def _held(path: Path) -> Iterator[int | None]:
    """The open file of a closed segment, held against others who would compress it; ``None`` for a live one."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        status = os.fstat(file)
        if status.st_nlink == 0:
            raise FileNotFoundError(path)
        # Its writer may be about to lock an empty one.
        yield file if status.st_size else None
    finally:
        os.close(file)


def _replace(path: Path, file: int) -> int:
    packed_path = path.with_name(path.name.removesuffix(SUFFIX) + PACKED_SUFFIX)
    unfinished = packed_path.with_name(f".{packed_path.name}{_UNFINISHED}")
    source = PlainSegment(file, live=False)
    with os.fdopen(os.open(unfinished, _NEW, 0o600), "wb") as target:
        _pack(source, target)
        target.flush()
        os.fsync(target.fileno())
    _verify(path, source, unfinished)
    times = os.fstat(file)
    os.utime(unfinished, ns=(times.st_atime_ns, times.st_mtime_ns))
    size = unfinished.stat().st_size
    unfinished.replace(packed_path)
    sync_folder(path.parent)
    path.unlink()
    return size


def _pack(source: PlainSegment, target: BinaryIO) -> None:
    tally = ContentsTally()
    frames: list[Frame] = []
    place = 0
    for block in source.blocks(0, max_bytes=FRAME_BYTES):
        packed = pack_frame(block.content or b"")
        target.write(packed)
        end = place + len(packed)
        frames.append(Frame(start=block.start, end=block.end, packed_start=place, packed_end=end))
        place = end
        tally.take(block)
    target.write(pack_table(frames, tally.contents))


def _verify(path: Path, source: PlainSegment, unfinished: Path) -> None:
    file = os.open(unfinished, os.O_RDONLY | os.O_CLOEXEC)
    try:
        packed = PackedSegment(file)
        same = all(map(operator.eq, source.blocks(0, max_bytes=FRAME_BYTES), packed.blocks(0, max_bytes=0)))
        whole = packed.whole_table and packed.unpacked_bytes == os.fstat(source.file).st_size
        if not (same and whole):
            raise SegmentError(f"cannot compress {path}: what was written does not read back the same")
    finally:
        os.close(file)
