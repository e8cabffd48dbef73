"""Waiting for a quiet machine: what others do meanwhile is not to be measured."""

from __future__ import annotations

import time
from pathlib import Path

_STAT = Path("/proc/stat")
_LOOK_SECONDS = 1.0
_IDLE_ENOUGH = 0.85
_IDLE, _WAITING = 3, 4  # columns of /proc/stat


class Quiet:
    """Waits before a measurement while others keep the cores busy, ``patience_seconds`` in all at most."""

    def __init__(self, patience_seconds: float, *, look_seconds: float = _LOOK_SECONDS) -> None:
        self._left = patience_seconds
        self._look = look_seconds
        self.waited_seconds = 0.0

    def wait(self) -> float:
        """Returns how idle the machine then was, within 0..1."""
        while True:
            begin = time.monotonic()
            idle = idle_share(self._look)
            if idle >= _IDLE_ENOUGH or self._left <= 0:
                return idle
            passed = time.monotonic() - begin
            self._left -= passed
            self.waited_seconds += passed


def idle_share(seconds: float) -> float:
    """How much of all cores' time nobody used for so many seconds; 1.0 where the system does not tell."""
    idle, total = _times()
    time.sleep(seconds)
    later_idle, later_total = _times()
    return 1.0 if later_total <= total else (later_idle - idle) / (later_total - total)


def _times() -> tuple[int, int]:
    try:
        times = [int(text) for text in _STAT.read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    except (OSError, ValueError, IndexError):
        return 0, 0
    return times[_IDLE] + times[_WAITING], sum(times)
