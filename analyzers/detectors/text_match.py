"""Signals for tool calls whose error or output matches an expression: what several detectors share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from analyzers.tool_kinds import ToolKind
from traces.run import Run

_LOST = 0.4  # what it adds to the severity when all calls are lost in this way


@dataclass(frozen=True, kw_only=True)
class TextMatch:
    """Sees at least ``least`` calls that went wrong and say so in words that match ``expression``.

    Of ``words``, in lower case, one stands in whatever the expression matches: looking for them first is what
    makes a failing call cheap to read. ``among`` leaves out what cannot be meant: ``refused`` calls are those that
    ran no program (they have no exit code), ``edits`` those that change files or whose tool is not known. ``any_result`` also looks into calls that did not fail, for tools that report errors as plain text. An
    output is read at its beginning and its end, 4,000 characters each: there an error's own words stand. The
    ``severity`` grows with the share of the run's calls that are lost in this way.
    """

    name: str
    title: str
    expression: re.Pattern[str]
    words: tuple[str, ...]
    sentence: str
    least: int = 1
    severity: float = 0.5
    any_result: bool = False
    among: Literal["all", "refused", "edits"] = "all"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the matching calls; ``{count}`` in the sentence is their number."""
        acts = account_of(run).acts
        matching = [act for act in acts if self._matches(act)]
        if len(matching) < self.least:
            return ()
        sentence = self.sentence.format(count=len(matching))
        severity = min(0.9, self.severity + _LOST * len(matching) / len(acts))
        return observe(self, run, matching, sentence, severity=severity)

    def _matches(self, act: Act) -> bool:
        if not (self.any_result or act.has_failed) or not self._is_meant(act):
            return False
        lowered = act.lowered_trouble
        return any(word in lowered for word in self.words) and bool(self.expression.search(act.trouble))

    def _is_meant(self, act: Act) -> bool:
        if self.among == "refused":
            return act.call.exit_code is None
        return self.among == "all" or act.is_edit or act.kind is ToolKind.OTHER
