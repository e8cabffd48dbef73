"""The agent went back and forth between two states of a file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import has_changed, ordered_tools
from analyzers.signal import Signal
from analyzers.tool_kinds import edited_path
from traces.run import Run, ToolCall

_OLD = ("old_string", "old_str", "old_text", "search")
_NEW = ("new_string", "new_str", "new_text", "replace", "content", "file_text")


@dataclass(frozen=True, kw_only=True)
class Oscillation:
    """Sees a file whose edits undo each other at least ``least`` times; one undone edit is ordinary work."""

    name: str = "oscillation"
    title: str = "Goes back and forth between two versions"
    least: int = 2

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal for the file that turned most often, citing the edits that undid another."""
        by_path: dict[str, list[ToolCall]] = defaultdict(list)
        for call in ordered_tools(run):
            if edited_path(call) and has_changed(call):
                by_path[edited_path(call)].append(call)
        turns = max((_turns(edits) for edits in by_path.values()), key=len, default=[])
        if len(turns) < self.least:
            return ()
        sentence = f"Edits of {edited_path(turns[0])} undid each other {len(turns)} times."
        return observe(self, run, turns, sentence, severity=0.8)


def _turns(edits: list[ToolCall]) -> list[ToolCall]:
    """The edits that undo the one before, or bring back what was written two edits earlier."""
    states = [(_text(edit, _OLD), _text(edit, _NEW)) for edit in edits]
    found = []
    for position in range(1, len(states)):
        old, new = states[position]
        undone = bool(old) and states[position - 1] == (new, old)
        again = position > 1 and not old and new and new == states[position - 2][1] != states[position - 1][1]
        if undone or again:
            found.append(edits[position])
    return found


def _text(call: ToolCall, keys: tuple[str, ...]) -> str:
    return next((str(call.arguments[key]) for key in keys if key in call.arguments), "")
