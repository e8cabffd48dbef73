"""Opening a segment in whatever form it is by now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from traces.errors import SegmentError
from traces.segments.blocks import OpenSegment
from traces.segments.names import name_of
from traces.segments.packed import PackedSegment
from traces.segments.plain import PlainSegment


@contextmanager
def open_segment(path: Path) -> Iterator[OpenSegment]:
    """The segment of ``path``, in whatever form it is by now; raises ``SegmentError`` where it cannot be read.

    Raises ``FileNotFoundError`` where it was deleted, as retention does under its readers.
    """
    file, packed = _open_either(path)
    try:
        yield PackedSegment(file) if packed else PlainSegment(file)
    except OSError as error:
        raise SegmentError(f"cannot read {path}: {error}") from error
    finally:
        os.close(file)


def _open_either(path: Path) -> tuple[int, bool]:
    name = name_of(path)
    # In this order: the compressed form is there before the plain one goes.
    for form, packed in ((name, False), (f"{name}.zst", True)):
        try:
            return os.open(path.with_name(form), os.O_RDONLY | os.O_CLOEXEC), packed
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SegmentError(f"cannot read {path}: {error}") from error
    raise FileNotFoundError(path)
