"""Many tool calls in a row failed."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import has_failed, ordered_tools
from analyzers.signal import Signal
from traces.run import Run, ToolCall


@dataclass(frozen=True, kw_only=True)
class ErrorStreak:
    """Sees ``least`` failing calls in a row, of whatever tools."""

    name: str = "error_streak"
    title: str = "Fails many calls in a row"
    least: int = 4

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal for the longest streak."""
        longest: list[ToolCall] = []
        current: list[ToolCall] = []
        for call in ordered_tools(run):
            current = [*current, call] if has_failed(call) else []
            longest = max(longest, current, key=len)
        if len(longest) < self.least:
            return ()
        return observe(self, run, longest, f"{len(longest)} calls in a row failed.", severity=0.6)
