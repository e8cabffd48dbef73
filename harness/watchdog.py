"""Ends a run whose agent process makes no progress, by real time."""

from __future__ import annotations

from collections.abc import Callable


class Watchdog:
    """Real time that is left until the next step; reading files and claims are none, or a loop of them never ended."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._last = monotonic()

    def step(self) -> None:
        """There was progress: a model call, a tool call, a command."""
        self._last = self._monotonic()

    def left(self) -> float:
        """Seconds; raises ``TimeoutError`` when there are none."""
        left = self._last + self._seconds - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left
