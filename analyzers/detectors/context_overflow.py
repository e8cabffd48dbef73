"""The model's context was full, or its answers were cut at their length limit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from traces.run import ModelCall, Run

_EXPRESSION = re.compile(
    r"context.{0,20}(?:length|window|overflow|limit)|maximum context|too many tokens|prompt is too long",
    re.IGNORECASE,
)
_CUT = frozenset(("length", "max_tokens", "max_output_tokens"))


@dataclass(frozen=True, kw_only=True)
class ContextOverflow:
    """Sees model calls that failed for the size of their input, or stopped for that of their output."""

    name: str = "context_overflow"
    title: str = "Overflows the model's context"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites those model calls."""
        over = [call for call in run.model_calls if _overflows(call)]
        if not over:
            return ()
        return observe(self, run, over, f"{len(over)} model calls hit a length limit.", severity=0.7)


def _overflows(call: ModelCall) -> bool:
    return call.finish_reason in _CUT or bool(call.error and _EXPRESSION.search(call.error))
