"""The instruction asked for something about a named file, and the trace shows that it was not heeded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import final_answer, last_edit
from analyzers.instruction import instruction_of
from analyzers.signal import Signal
from analyzers.tool_kinds import command_of, edited_path, is_edit
from traces.run import Run, ToolCall

_FILE = r"[`'\"]?(?P<file>[\w./-]*\w{2}\.[A-Za-z]\w{0,4})\b"
_DEMAND = re.compile(
    r"\b(?:add|append|write|update|create|record|note|document|put)\b[^.\n]{0,60}?" + _FILE, re.IGNORECASE
)
_BAN = re.compile(
    r"\b(?:do not|don't|never|must not|without)\s+(?:edit|modify|change|touch|alter|delete)\w*\b"
    r"(?![^.\n]{0,40}\b(?:other|else|except|besides|apart|outside|but)\b)[^.\n]{0,40}?" + _FILE,
    re.IGNORECASE,
)

_LEAVE = re.compile(
    r"\bleave\s+" + _FILE + r"[`'\"]?\s+(?:as it is|alone|unchanged|untouched|as is)\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class ConstraintIgnored:
    """Sees a file that the instruction wants written and no edit names, or one it forbids and an edit names.

    Works where the instruction and the arguments are in the trace; silent where they are redacted.
    """

    name: str = "constraint_ignored"
    title: str = "Forgets a requirement of the instruction"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the forbidden edits, or the last edit and the final answer."""
        instruction = instruction_of(run)
        edits = [call for call in run.tool_calls if is_edit(call)]
        banned = {match["file"] for ban in (_BAN, _LEAVE) for match in ban.finditer(instruction)}
        forbidden = [call for call in edits if any(_names(call, file) for file in banned)]
        if forbidden:
            files = ", ".join(sorted(banned))
            return observe(
                self, run, forbidden, f"Edited what the instruction forbids: {files}.", severity=0.8
            )
        answer, edit = final_answer(run), last_edit(run)
        if answer is None or edit is None or any(not _shows(call) for call in edits):
            return ()
        demanded = {match["file"] for match in _DEMAND.finditer(_BAN.sub("", instruction))} - banned
        missed = sorted(file for file in demanded if not any(_names(call, file) for call in edits))
        if not missed:
            return ()
        sentence = f"The instruction asks to write {', '.join(missed)}; no edit names it."
        return observe(self, run, (answer, edit), sentence, severity=0.85)


def _shows(call: ToolCall) -> bool:
    return bool(edited_path(call) or command_of(call))


def _names(call: ToolCall, file: str) -> bool:
    """Whether an edit's path is that file, or its command names it."""
    path = edited_path(call)
    return path == file or path.endswith("/" + file) or file in command_of(call)
