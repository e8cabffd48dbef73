"""The run spent its time waiting for commands."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from traces.run import Run

_NANOSECONDS = 1e9


@dataclass(frozen=True, kw_only=True)
class SlowTool:
    """Sees calls of ``call_seconds`` and more that together took at least ``share`` of the run's time.

    Works from times alone: nothing of a command need be known.
    """

    name: str = "slow_tool"
    title: str = "Waits for slow commands"
    call_seconds: float = 60.0
    share: float = 0.3

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the slow calls, the slowest first."""
        slow = [
            (act.call.end_ns - act.call.start_ns, act)
            for act in account_of(run).acts
            if act.call.end_ns - act.call.start_ns >= self.call_seconds * _NANOSECONDS
        ]
        waited = sum(spent for spent, _ in slow) / _NANOSECONDS
        if not slow or waited < self.share * run.seconds:
            return ()
        slowest = [act for _, act in sorted(slow, key=lambda each: (-each[0], each[1].span_id))]
        sentence = f"{counted(len(slow), 'call')} took {waited:.0f} of the run's {run.seconds:.0f} seconds."
        return observe(self, run, slowest, sentence, severity=0.5, shows="arguments")
