"""The agent changed the tests."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.commands import is_test_file
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class EditedTests:
    """Sees edits of tests that were there before, and of files in a folder of tests, that were kept to the end.

    A fact rather than a fault: whether it goes with failure is for the contrast with passing runs to say.
    """

    name: str = "edited_tests"
    title: str = "Changes the tests"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the edits."""
        account = account_of(run)
        made = account.own_files
        edits = [(act, file) for act, file in account.kept_edits if is_test_file(file) and file not in made]
        if not edits:
            return ()
        files = len({file for _, file in edits})
        sentence = f"{counted(len(edits), 'edit')} changed {counted(files, 'file')} of tests."
        return observe(self, run, [act for act, _ in edits], sentence, severity=0.3, shows="arguments")
