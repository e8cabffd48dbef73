"""The agent ended although the last test that it ran had failed."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import checks_after, final_answer, has_failed, last_code_edit
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class IgnoredFailure:
    """Sees a run whose last check failed, with no edit since, and that ended of its own accord."""

    name: str = "ignored_failure"
    title: str = "Ends although its last test failed"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the failing check and the final answer."""
        answer = final_answer(run)
        checks = checks_after(run, last_code_edit(run))
        if answer is None or not checks or not has_failed(checks[-1]):
            return ()
        sentence = "The last check failed and the agent ended without another edit."
        return observe(self, run, (checks[-1], answer), sentence, severity=0.7)
