"""The run was cut off early: few steps, and no final answer."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import final_answer
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
        if not run.steps or final_answer(run) is not None or len(run.model_calls) >= self.most_calls:
            return ()
        sentence = f"Cut off after {len(run.model_calls)} model calls without a final answer."
        return observe(self, run, run.steps[-2:], sentence, severity=0.3, symptom=True)
