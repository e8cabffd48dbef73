"""Tool results flooded the context."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from analyzers.detectors.observation import observe
from analyzers.endings import ordered_tools
from analyzers.signal import Signal
from traces.run import ModelCall, Run, ToolCall


@dataclass(frozen=True, kw_only=True)
class OutputFlood:
    """Sees results of ``least_characters`` and more; where content is redacted, the input's growth by ``tokens``."""

    name: str = "output_flood"
    title: str = "Drowns in long tool output"
    least_characters: int = 6000
    tokens: int = 2500

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the long results, or the calls whose input had grown."""
        if any(call.result for call in run.tool_calls):
            return self._by_content(run)
        return self._by_tokens(run)

    def _by_content(self, run: Run) -> tuple[Signal, ...]:
        long: list[ToolCall] = [c for c in ordered_tools(run) if len(c.result) >= self.least_characters]
        if not long:
            return ()
        largest = max(len(call.result) for call in long)
        sentence = f"{len(long)} tool results were very long, the longest {largest} characters."
        return observe(self, run, long, sentence, severity=0.6)

    def _by_tokens(self, run: Run) -> tuple[Signal, ...]:
        calls = sorted(run.model_calls, key=lambda call: call.start_ns)
        grown: list[ModelCall] = [
            later
            for earlier, later in pairwise(calls)
            if later.usage.input_tokens - earlier.usage.input_tokens - earlier.usage.output_tokens
            >= self.tokens
        ]
        if not grown:
            return ()
        return observe(self, run, grown, f"The input grew by leaps {len(grown)} times.", severity=0.4)
