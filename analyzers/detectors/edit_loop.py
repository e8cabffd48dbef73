"""The agent edited one file over and over, or made the very same edit again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import ordered_tools
from analyzers.signal import Signal
from analyzers.tool_kinds import edited_path, is_edit
from traces.run import Run, ToolCall


@dataclass(frozen=True, kw_only=True)
class EditLoop:
    """Sees ``same_file`` edits of one file, or ``same_edit`` identical edits."""

    name: str = "edit_loop"
    title: str = "Edits the same file over and over"
    same_file: int = 7
    same_edit: int = 3

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal: for identical edits if there are enough, else for the most edited file."""
        edits = [call for call in ordered_tools(run) if is_edit(call)]
        identical = _largest((_identity(call), call) for call in edits if call.arguments)
        if len(identical) >= self.same_edit:
            sentence = f"Made the same edit {len(identical)} times."
            return observe(self, run, identical, sentence, severity=0.9)
        same_file = _largest((edited_path(call), call) for call in edits if edited_path(call))
        if len(same_file) < self.same_file:
            return ()
        sentence = f"Edited {edited_path(same_file[0])} {len(same_file)} times."
        return observe(self, run, same_file, sentence, severity=0.7)


def _identity(call: ToolCall) -> str:
    return call.name + json.dumps(dict(call.arguments), sort_keys=True, default=str)


def _largest(keyed: Iterable[tuple[str, ToolCall]]) -> list[ToolCall]:
    groups: dict[str, list[ToolCall]] = defaultdict(list)
    for key, call in keyed:
        groups[key].append(call)
    return max(groups.values(), key=len, default=[])
