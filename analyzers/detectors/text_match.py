"""Signals for tool calls whose error or output matches an expression: what several detectors share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import has_failed, ordered_tools
from analyzers.signal import Signal
from traces.run import Run, ToolCall

_REGION = 4000  # an error's own words stand at the beginning or the end of an output


@dataclass(frozen=True, kw_only=True)
class TextMatch:
    """Sees at least ``least`` calls that went wrong and say so in words that match ``expression``.

    ``any_result`` also looks into calls that did not fail, for tools that report errors as plain text.
    """

    name: str
    title: str
    expression: re.Pattern[str]
    sentence: str
    least: int = 1
    severity: float = 0.5
    any_result: bool = False

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the matching calls; ``{count}`` in the sentence is their number."""
        matching = [call for call in ordered_tools(run) if self._matches(call)]
        if len(matching) < self.least:
            return ()
        sentence = self.sentence.format(count=len(matching))
        return observe(self, run, matching, sentence, severity=self.severity)

    def _matches(self, call: ToolCall) -> bool:
        if self.expression.search((call.error or "")[:_REGION]):
            return True
        if not (self.any_result or has_failed(call)):
            return False
        return bool(
            self.expression.search(call.result[:_REGION]) or self.expression.search(call.result[-_REGION:])
        )
