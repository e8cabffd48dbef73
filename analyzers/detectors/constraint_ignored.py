"""The instruction asked for something in a named file, and no edit names that file."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe, shown
from analyzers.files_asked import is_same_file
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class ConstraintIgnored:
    """Sees a file that the instruction wants written and that no edit names, in a run that ended by itself.

    Works where the instruction and the arguments are in the trace; silent where they are redacted.
    """

    name: str = "constraint_ignored"
    title: str = "Forgets a requirement of the instruction"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the final answer and the last edit."""
        account = account_of(run)
        answer, edit = account.final_answer, account.last_edit
        if answer is None or edit is None or not all(_shows(act) for act in account.edits):
            return ()
        wanted = account.files_asked.wanted
        missed = sorted(file for file in wanted if not any(_names(act, file) for act in account.edits))
        if not missed:
            return ()
        sentence = f"The instruction asks to write {', '.join(map(shown, missed))}; no edit names it."
        return observe(self, run, (answer, edit), sentence, severity=0.85)


def _shows(act: Act) -> bool:
    return bool(act.changed_files or act.command)


def _names(act: Act, file: str) -> bool:
    """Whether an edit's path is that file, or its command names it."""
    return any(is_same_file(path, file) for path in act.changed_files) or file in act.command
