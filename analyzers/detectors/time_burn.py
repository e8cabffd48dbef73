"""The run spent its time on few, slow model calls."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class TimeBurn:
    """Sees a run of at least ``least_seconds`` whose model calls took ``seconds_per_call`` on average.

    Seconds are by the run's own clock. A run of fewer than ``least_calls`` calls says too little.
    """

    name: str = "time_burn"
    title: str = "Burns its time on slow thinking"
    least_seconds: float = 300.0
    seconds_per_call: float = 70.0
    least_calls: int = 3

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the longest model calls; it names the effort where that is known."""
        calls = len(run.model_calls)
        if calls < self.least_calls or run.seconds < self.least_seconds:
            return ()
        each = run.seconds / calls
        if each < self.seconds_per_call:
            return ()
        efforts = sorted({call.reasoning_effort for call in run.model_calls if call.reasoning_effort})
        effort = f" at {' and '.join(efforts)} effort" if efforts else ""
        longest = sorted(run.model_calls, key=lambda call: (call.start_ns - call.end_ns, call.start_ns))[:4]
        sentence = f"{calls} model calls took {run.seconds:.0f} seconds, {each:.0f} each{effort}."
        return observe(self, run, longest, sentence, severity=0.8)
