"""The agent says itself that it did not solve the task."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import final_answer
from analyzers.signal import Signal
from traces.run import Run

_EXPRESSION = re.compile(
    r"\b(?:I|we) (?:could not|couldn't|cannot|can't|was unable to|am unable to|were unable to|did not manage)\b"
    r"|\b(?:giving|give|gave) up\b|\bno solution\b|\bstill fail(?:s|ing)?\b|\bnot (?:been )?able to (?:fix|solve|find)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class GaveUp:
    """Sees a final answer that admits failure."""

    name: str = "gave_up"
    title: str = "Gives up"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the final answer; silent where the model's words are redacted."""
        answer = final_answer(run)
        if answer is None or not _EXPRESSION.search(answer.text):
            return ()
        return observe(self, run, (answer,), "The final answer admits failure.", severity=0.4, symptom=True)
