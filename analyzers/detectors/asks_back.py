"""The agent ended with a question instead of a result, where nobody was there to answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from analyzers.tool_kinds import plain_name
from traces.run import Run

_ASKS = re.compile(
    r"\b(?:would you like me to|do you want me to|shall I|should I|may I|can you (?:please )?(?:provide|share|clarify)"
    r"|could you (?:please )?(?:provide|share|clarify|confirm)|please (?:provide|share|clarify|confirm|advise|specify))\b",
    re.IGNORECASE,
)
_END = 500  # characters at the end of an answer
_ASKING = frozenset({"askuserquestion", "askuser", "askfollowupquestion", "requestuserinput", "askhuman"})


@dataclass(frozen=True, kw_only=True)
class AsksBack:
    """Sees a run that works on files, changed nothing, and whose last word is a question or a request."""

    name: str = "asks_back"
    title: str = "Asks back instead of working"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the question."""
        account = account_of(run)
        asked = account.acts[-1] if account.acts and plain_name(account.acts[-1].call) in _ASKING else None
        if asked is not None:
            return observe(self, run, (asked,), "The last call is a question to the user.", severity=0.5)
        answer = account.final_answer
        if answer is None or account.last_edit is not None or account.hides_commands:
            return ()
        if (account.acts and not account.works_on_files) or not _ASKS.search(answer.text[-_END:]):
            return ()
        return observe(self, run, (answer,), "Ended with a question and no edit.", severity=0.5)
