"""The model's service failed: it refused for load, broke the connection or answered with a fault of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.context_overflow import overflows
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run

_EXPRESSION = re.compile(
    r"\b(?:408|409|425|429|5\d\d|529)\b|rate.?limit|overloaded|too many requests|quota|service.?unavailable"
    r"|internal.?server.?error|bad.?gateway|gateway.?time|api.?(?:connection|timeout)|connection.{0,20}(?:error|reset|refused"
    r"|aborted|closed)|timed? ?out|\bAPIError\b|server.?error|authentication|invalid.?api.?key|unauthorized",
    re.IGNORECASE,
)
_LONGEST = 2000  # characters of an error


@dataclass(frozen=True, kw_only=True)
class ModelTrouble:
    """Sees model calls that failed for the service's sake: infrastructure, not the agent.

    Works from error types alone. Severe where the last call is one of them: the run ended by it.
    """

    name: str = "model_trouble"
    title: str = "Loses its model's service"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the failed calls; a symptom, since no harness mends a service."""
        answers = account_of(run).answers
        failed = [
            call
            for call in answers
            if call.error and _EXPRESSION.search(call.error[:_LONGEST]) and not overflows(call)
        ]
        if not failed:
            return ()
        ended = failed[-1] is answers[-1]
        sentence = f"{counted(len(failed), 'model call')} of {len(answers)} failed in the service."
        return observe(self, run, failed, sentence, severity=0.8 if ended else 0.3, symptom=True)
