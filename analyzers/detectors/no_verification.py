"""The agent ended without running anything that tests its last edit."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import checks_after, final_answer, last_code_edit
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class NoVerification:
    """Sees a run that edits, then ends of its own accord with no test-like command in between."""

    name: str = "no_verification"
    title: str = "Ends without testing its last edit"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the final answer and the last edit."""
        answer, edit = final_answer(run), last_code_edit(run)
        if answer is None or edit is None or checks_after(run, edit):
            return ()
        sentence = f"Ended after {edit.name} without running a test or the program."
        return observe(self, run, (answer, edit), sentence, severity=0.8)
