"""One flywheel at a time on a harness repository."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import RepositoryError


@contextmanager
def hold(lock: Path, subject: Path) -> Iterator[None]:
    """Hold the file ``lock``; raises ``RepositoryError`` at once if another process holds it.

    The kernel lets go of it when the holder ends, however it ends.
    """
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock.read_text().strip() or "unknown"
            raise RepositoryError(
                f"another flywheel is working on {subject} (process {holder}); wait for it, or end it"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            fcntl.flock(
                file, fcntl.LOCK_UN
            )  # a child that is just being started may still have the file open
