"""The agent ended without having changed anything."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import final_answer, last_edit
from analyzers.signal import Signal
from analyzers.tool_kinds import ToolKind, command_of, kind_of
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class NoEdit:
    """Sees a run that ended of its own accord and shows no edit that worked.

    Where a shell command is redacted it may have been an edit, so nothing is said.
    """

    name: str = "no_edit"
    title: str = "Ends without changing anything"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the final answer."""
        answer = final_answer(run)
        hidden = any(kind_of(call) is ToolKind.SHELL and not command_of(call) for call in run.tool_calls)
        if answer is None or hidden or last_edit(run) is not None:
            return ()
        return observe(self, run, (answer,), "Ended without an edit that worked.", severity=0.7)
