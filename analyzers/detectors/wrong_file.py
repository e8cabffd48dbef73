"""The agent changed other files than the one that the instruction is about."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.commands import is_document, is_test_file
from analyzers.detectors.observation import observe, shown
from analyzers.files_asked import is_same_file
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class WrongFile:
    """Sees a run that ends with changes to program files, none of which the instruction names, though it names some.

    Only files that the instruction says the work is in ("fix `a.py`") count, not every file that it mentions.
    Silent where the instruction or an edit's file is not in the trace.
    """

    name: str = "wrong_file"
    title: str = "Changes other files than the one it was asked to"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the edits."""
        account = account_of(run)
        subjects = account.files_asked.subjects
        if account.final_answer is None or not subjects or account.hides_commands:
            return ()
        if any(act.has_changed and not act.changed_files for act in account.edits):
            return ()
        edits = [
            (act, file) for act, file in account.kept_edits if not (is_document(file) or is_test_file(file))
        ]
        if not edits or any(is_same_file(file, subject) for _, file in edits for subject in subjects):
            return ()
        named = ", ".join(sorted(map(shown, subjects))[:3])
        sentence = f"The instruction is about {named}; edited {shown(edits[-1][1])} instead."
        return observe(self, run, [act for act, _ in edits], sentence, severity=0.7, shows="arguments")
