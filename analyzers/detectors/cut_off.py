"""The run was cut off early: few steps, and no final answer."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class CutOff:
    """Sees a run without a final answer and with fewer than ``most_calls`` model calls; a symptom."""

    name: str = "cut_off"
    title: str = "Is cut off before it ends"
    most_calls: int = 20

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the last steps."""
        account = account_of(run)
        calls = len(account.model_calls)
        if not account.sequence or account.final_answer is not None or calls >= self.most_calls:
            return ()
        sentence = f"Cut off after {counted(calls, 'model call')} without a final answer."
        return observe(self, run, account.sequence[-2:], sentence, severity=0.3, symptom=True)
