"""The agent tested an earlier state of its work, changed it again and ended."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class StaleVerification:
    """Sees a run that edits, checks, edits again and ends of its own accord: a kind of missing verification."""

    name: str = "stale_verification"
    title: str = "Trusts a test that is older than its last edit"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the last check, the last edit and the final answer."""
        account = account_of(run)
        answer, edit = account.final_answer, account.last_code_edit
        if answer is None or edit is None or account.last_checks:
            return ()
        first = next(act for act in account.edits if act.has_changed)
        checks = [act for act in account.since(first) if act.is_check and act is not edit]
        if not checks:
            return ()
        after = [act for act in account.since(checks[-1]) if act.has_changed]
        sentence = f"{counted(len(after), 'edit')} came after the last test, and the agent ended."
        return observe(self, run, (checks[-1], edit, answer), sentence, severity=0.75)
