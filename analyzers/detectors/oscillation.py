"""The agent went back and forth between two states of a file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.account import Account, account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe, shown
from analyzers.signal import Signal
from analyzers.tool_kinds import argument_of
from traces.run import Run

_OLD = ("oldstring", "oldstr", "oldtext", "search", "old", "oldcontent")
_NEW = (
    "newstring",
    "newstr",
    "newtext",
    "replace",
    "replacement",
    "new",
    "newcontent",
    "content",
    "filetext",
)
_REVERT = re.compile(r"^git\s+(?:checkout\s+(?:--\s|\S+\.\w)|restore\b|stash(?:\s+push)?\s*$|reset\s+--hard)")


@dataclass(frozen=True, kw_only=True)
class Oscillation:
    """Sees a file whose edits undo each other at least ``least`` times, or edits that are reverted and made anew.

    One undone edit is ordinary work.
    """

    name: str = "oscillation"
    title: str = "Goes back and forth between two versions"
    least: int = 2

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal for the file that turned most often, citing the edits that undid another."""
        account = account_of(run)
        turns = max((_turns(edits) for edits in _by_path(account).values()), key=len, default=[])
        if len(turns) >= self.least:
            file = shown(turns[0].changed_files[0])
            sentence = f"Edits of {file} undid each other {len(turns)} times."
            return observe(self, run, turns, sentence, severity=0.8, shows="arguments")
        reverts = _reverts(account)
        if len(reverts) <= self.least:  # a revert is plainer work than an edit back: one more is asked for
            return ()
        sentence = f"Reverted its edits {len(reverts)} times and made others."
        return observe(self, run, reverts, sentence, severity=0.7, shows="arguments")


def _by_path(account: Account) -> dict[str, list[Act]]:
    by_path: dict[str, list[Act]] = defaultdict(list)
    for act in account.edits:
        if act.changed_files and act.has_changed and not act.is_shell:
            by_path[act.changed_files[0]].append(act)
    return by_path


def _turns(edits: Sequence[Act]) -> list[Act]:
    """The edits that undo the one before, or bring back what was written two edits earlier."""
    states = [(_text(edit, _OLD), _text(edit, _NEW)) for edit in edits]
    found = []
    for position in range(1, len(states)):
        old, new = states[position]
        undone = bool(old) and old != new and states[position - 1] == (new, old)
        again = position > 1 and not old and new and new == states[position - 2][1] != states[position - 1][1]
        if undone or again:
            found.append(edits[position])
    return found


def _reverts(account: Account) -> list[Act]:
    """The commands that throw away an edit, each after an edit of its own."""
    found, edited = [], False
    for act in account.acts:
        if act.is_shell and "git" in act.command and any(_REVERT.match(part) for part in act.line.parts):
            found += [act] if edited else []
            edited = False
        elif act.has_changed:
            edited = True
    return found


def _text(act: Act, keys: tuple[str, ...]) -> str:
    value = argument_of(act.call, keys)
    return value if isinstance(value, str) else ""
