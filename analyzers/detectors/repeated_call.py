"""The agent made the same call again and again with nothing changed in between."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import has_changed, ordered_tools
from analyzers.signal import Signal
from analyzers.tool_kinds import is_edit
from traces.run import Run, ToolCall


@dataclass(frozen=True, kw_only=True)
class RepeatedCall:
    """Sees ``least`` identical calls with identical results and no successful edit between them.

    Edits are the edit loop's; calls whose arguments are redacted are not compared.
    """

    name: str = "repeated_call"
    title: str = "Repeats the same call without learning from it"
    least: int = 3

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal for the most repeated call."""
        worst: list[ToolCall] = max(self._repeats(run), key=len, default=[])
        if len(worst) < self.least:
            return ()
        sentence = f"Called {worst[0].name} {len(worst)} times with the same arguments and result."
        return observe(self, run, worst, sentence, severity=min(0.85, 0.4 + 0.1 * len(worst)))

    def _repeats(self, run: Run) -> list[list[ToolCall]]:
        seen: dict[tuple[str, str, str], list[ToolCall]] = defaultdict(list)
        finished: list[list[ToolCall]] = []
        for call in ordered_tools(run):
            if has_changed(call):
                finished.extend(seen.values())
                seen.clear()
            elif (call.arguments or call.arguments_text) and not is_edit(call):
                seen[_identity(call)].append(call)
        return [*finished, *seen.values()]


def _identity(call: ToolCall) -> tuple[str, str, str]:
    arguments = json.dumps(dict(call.arguments), sort_keys=True, default=str)
    return call.name, arguments + call.arguments_text, call.result
