"""The agent ended in the middle of its work: with nothing to say, or announcing what it would do next."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run

_ANNOUNCES = re.compile(
    r"\b(?:let me|I'll|I will|I'm going to|I am going to|now I|next,? I|let's)\b[^.!?\n]{0,160}(?:[.:…]|\.\.\.)?\s{0,20}$",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(?:know if|if you|when you|once you|be happy|be glad)\b", re.IGNORECASE)
_END = 240  # characters at the end of an answer


@dataclass(frozen=True, kw_only=True)
class PrematureEnd:
    """Sees a last answer that asks for no tool and is empty, or that ends by announcing the next step.

    An empty answer counts only where others are not: some agents export no answers at all. In a conversation that a customer ends, nothing is said.
    """

    name: str = "premature_end"
    title: str = "Ends in the middle of its work"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the last answer."""
        account = account_of(run)
        answer = account.final_answer
        if answer is None or account.ends_with_submission or not account.works_on_files:
            return ()
        end = answer.text.strip()[-_END:]
        steps = counted(len(account.acts), "tool call")
        if not end and account.shows_words:
            return observe(self, run, (answer,), f"Ended with an empty answer after {steps}.", severity=0.7)
        announced = _ANNOUNCES.search(end)
        if announced is None or _LATER.search(announced.group()):
            return ()
        sentence = f"Ended after {steps} with the announcement of a next step."
        return observe(self, run, (answer,), sentence, severity=0.7)
