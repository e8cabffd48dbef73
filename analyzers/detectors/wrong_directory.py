"""Commands failed because they were run in the wrong folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run

_EXPRESSION = re.compile(
    r"not a git repository|file or directory not found: |can't open file|No rule to make target|No targets specified and no"
    r"|Could not read package\.json|could not find `Cargo\.toml`|go: cannot find main module|No such file or directory"
    r"|attempted relative import|not in the expected directory",
    re.IGNORECASE,
)
_MOVES = re.compile(r"\bcd\s+\S|\bpushd\s+\S|\s-C\s+\S")
_LONGEST = 2000  # characters of a command
_AHEAD = 4  # calls in which the same command comes again from elsewhere


@dataclass(frozen=True, kw_only=True)
class WrongDirectory:
    """Sees commands that failed for their folder: soon after, the same command follows one that changes it.

    Once is a slip; ``least`` such commands are a habit. Silent where commands are redacted.
    """

    name: str = "wrong_directory"
    title: str = "Runs commands in the wrong folder"
    least: int = 2

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the commands that failed."""
        shell = [act for act in account_of(run).acts if act.command]
        lost = [
            act
            for position, act in enumerate(shell)
            if _is_lost(act, shell[position + 1 : position + 1 + _AHEAD])
        ]
        if len(lost) < self.least:
            return ()
        return observe(
            self, run, lost, f"{counted(len(lost), 'command')} failed for the folder.", severity=0.4
        )


def _is_lost(act: Act, later: Sequence[Act]) -> bool:
    if not act.has_failed:
        return False
    if "not a git repository" in act.trouble:
        return True
    moved = (
        again for again in later if again.command != act.command and _MOVES.search(again.command[:_LONGEST])
    )
    same = any(act.request.overlap(again.request) == 1.0 for again in moved)
    return same and bool(_EXPRESSION.search(act.trouble))
