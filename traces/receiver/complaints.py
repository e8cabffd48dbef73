"""What a process of the receiver complains of on its standard error: not without end."""

from __future__ import annotations

import sys
import traceback

_MOST = 20


class Complaints:
    """Writes the first twenty: senders must not be able to fill the disk with them."""

    def __init__(self) -> None:
        self._count = 0

    def write(self, error: BaseException, *, whole: bool = True) -> None:
        """Write an error, the ``whole`` traceback or only what it says."""
        self._count += 1
        if self._count <= _MOST:
            lines = traceback.format_exception(error) if whole else [f"{error}\n"]
            sys.stderr.write("".join(lines))
            sys.stderr.flush()
