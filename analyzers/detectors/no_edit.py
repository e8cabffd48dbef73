"""The agent ended without having changed anything."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class NoEdit:
    """Sees a run that ended of its own accord and shows no edit that worked; it says how it ended, not why.

    Where a shell command is redacted it may have been an edit, so nothing is said; nor of agents without files.
    """

    name: str = "no_edit"
    title: str = "Ends without changing anything"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the final answer."""
        account = account_of(run)
        answer = account.final_answer
        if answer is None or account.hides_commands or account.last_edit is not None:
            return ()
        if not (account.works_on_files or (not account.acts and account.files_asked.names_files)):
            return ()
        tried = f" that worked; {counted(len(account.edits), 'edit')} failed" if account.edits else ""
        sentence = f"Ended after {counted(len(account.acts), 'tool call')} without an edit{tried}."
        return observe(self, run, (answer,), sentence, severity=0.7, symptom=True)
