"""The agent edited one file over and over, or made the very same edit again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe, shown
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class EditLoop:
    """Sees ``same_file`` edits of one file, or ``same_edit`` identical edits, by edit tools or in the shell.

    Edits are identical when they name the same values (``Request``).
    """

    name: str = "edit_loop"
    title: str = "Edits the same file over and over"
    same_file: int = 7
    same_edit: int = 3

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal: for identical edits if there are enough, else for the most edited file."""
        edits = account_of(run).edits
        identical = _largest((edit.request, edit) for edit in edits if edit.request.values)
        if len(identical) >= self.same_edit:
            sentence = f"Made the same edit {len(identical)} times."
            return observe(self, run, identical, sentence, severity=0.9, shows="arguments")
        same_file = _largest((file, edit) for edit in edits for file in edit.changed_files[:1])
        if len(same_file) < self.same_file:
            return ()
        sentence = f"Edited {shown(same_file[0].changed_files[0])} {len(same_file)} times."
        return observe(self, run, same_file, sentence, severity=0.7, shows="arguments")


def _largest(keyed: Iterable[tuple[Hashable, Act]]) -> list[Act]:
    groups: dict[Hashable, list[Act]] = defaultdict(list)
    for key, edit in keyed:
        groups[key].append(edit)
    return max(groups.values(), key=len, default=[])
