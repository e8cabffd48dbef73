"""The agent ended without running anything that tests its last edit."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import observe, shown
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class NoVerification:
    """Sees a run that edits, then ends of its own accord with no test-like command in between."""

    name: str = "no_verification"
    title: str = "Ends without testing its last edit"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the final answer and the last edit."""
        account = account_of(run)
        answer, edit = account.final_answer, account.last_code_edit
        if answer is None or edit is None or account.last_checks:
            return ()
        sentence = f"Ended after {shown(edit.call.name)} without running a test or the program."
        return observe(self, run, (answer, edit), sentence, severity=0.8)
