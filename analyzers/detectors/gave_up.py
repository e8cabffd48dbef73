"""The agent says itself that it did not solve the task, or hands it to somebody else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import observe, shown
from analyzers.signal import Signal
from analyzers.tool_kinds import is_handing_over
from traces.run import Run

_EXPRESSION = re.compile(
    r"\b(?:I|we) (?:could not|couldn't|cannot|can't|was unable to|am unable to|were unable to|did not manage)\b"
    r"|\b(?:giving|give|gave) up\b|\bno solution\b|\bstill fail(?:s|ing)?\b|\bnot (?:been )?able to (?:fix|solve|find)",
    re.IGNORECASE,
)
_LONGEST = 20_000  # characters of an answer that are read


@dataclass(frozen=True, kw_only=True)
class GaveUp:
    """Sees a final answer that admits failure, or a call that hands the task to a person.

    Words are silent where they are redacted; the name of the tool is not.
    """

    name: str = "gave_up"
    title: str = "Gives up"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the final answer, or the call."""
        account = account_of(run)
        handed = next((act for act in account.acts if is_handing_over(act.call)), None)
        if handed is not None:
            sentence = f"Handed the task to a person by {shown(handed.call.name)}."
            return observe(self, run, (handed,), sentence, severity=0.4, symptom=True)
        answer = account.final_answer
        if answer is None or not admits_failure(answer.text):
            return ()
        return observe(self, run, (answer,), "The final answer admits failure.", severity=0.4, symptom=True)


def admits_failure(text: str) -> bool:
    """Whether an answer says that the task is not solved; false where the words are redacted."""
    return bool(_EXPRESSION.search(text[-_LONGEST:]))
