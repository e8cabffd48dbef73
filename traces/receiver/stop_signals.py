"""SIGINT and SIGTERM as something to wait for."""

from __future__ import annotations

import os
import signal
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Counts the signals that ask for an end, while it is entered, instead of ending the process.

    It has a file number that becomes readable when one comes. For the main thread.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._read)
        os.close(self._write)

    def fileno(self) -> int:
        """What to wait for."""
        return self._read

    def take(self) -> None:
        """Forget what made it readable; the count stays."""
        os.read(self._read, 64)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the handler's signature
        self.count += 1
        os.write(self._write, b"!")
