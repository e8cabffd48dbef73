"""The clock of one run: real, or virtual for a model that only says how long it would have taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

TOOL_SECONDS = 1.0  # what a tool call takes by a virtual clock


class RunClock(Protocol):
    """Seconds since the run began."""

    @property
    def virtual(self) -> bool:
        """Whether time passes only by what is spent."""
        ...

    def now(self) -> float:
        """Seconds since the run began."""
        ...

    def spend(self, seconds: float) -> None:
        """Let time pass; a real clock passes by itself."""
        ...


class VirtualClock:
    """Stands still but for what is spent."""

    virtual = True

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Seconds spent."""
        return self._now

    def spend(self, seconds: float) -> None:
        """Add seconds; less than none count as none."""
        self._now += max(0.0, seconds)


class MonotonicClock:
    """Passes as ``monotonic`` does."""

    virtual = False

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._began = monotonic()

    def now(self) -> float:
        """Seconds since this clock was made."""
        return self._monotonic() - self._began

    def spend(self, seconds: float) -> None:
        """Nothing: time has passed already."""
