"""The run was cut off while the agent still worked, after many steps."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class StepExhaustion:
    """Sees at least ``least_calls`` model calls and no final answer; a symptom, not a cause."""

    name: str = "step_exhaustion"
    title: str = "Runs out of steps"
    least_calls: int = 20

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the last steps."""
        account = account_of(run)
        calls = len(account.model_calls)
        if calls < self.least_calls or account.final_answer is not None:
            return ()
        sentence = f"Still working after {calls} model calls when it was cut off."
        return observe(self, run, account.sequence[-3:], sentence, severity=0.4, symptom=True)
