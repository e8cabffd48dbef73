"""Many tool calls in a row failed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class ErrorStreak:
    """Sees ``least`` failing calls in a row, of whatever tools; works from errors and exit codes alone."""

    name: str = "error_streak"
    title: str = "Fails many calls in a row"
    least: int = 4

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal for the longest streak."""
        runs = groupby(account_of(run).acts, key=lambda act: act.has_failed)
        longest: list[Act] = max((list(group) for failed, group in runs if failed), key=len, default=[])
        if len(longest) < self.least:
            return ()
        return observe(self, run, longest, f"{len(longest)} calls in a row failed.", severity=0.6)
