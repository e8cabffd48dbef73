"""Tell a disk that cannot take a write from everything that may be a harness' own fault."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import BrokenSystemError

_CODES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn an ``OSError`` of a full, broken or read-only disk into ``BrokenSystemError``; let others through."""
    try:
        yield
    except OSError as error:
        if error.errno in _CODES:
            raise BrokenSystemError(f"the disk cannot be written to: {error}") from error
        raise
