"""The model's context was full, or its answers were cut at their length limit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from analyzers.tool_kinds import plain
from traces.run import ModelCall, Run

_EXPRESSION = re.compile(
    r"context.{0,20}(?:length|window|overflow|limit)|maximum context|too many tokens|prompt is too long"
    r"|input (?:is )?too long|exceeds? the (?:model's )?(?:maximum|max) (?:input|token)",
    re.IGNORECASE,
)
_CUT = frozenset(("length", "maxtokens", "maxoutputtokens", "modellength", "modelcontextwindowexceeded"))
_LONGEST = 4000  # characters of an error


@dataclass(frozen=True, kw_only=True)
class ContextOverflow:
    """Sees model calls that failed for the size of their input, or stopped for that of their output."""

    name: str = "context_overflow"
    title: str = "Overflows the model's context"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites those model calls."""
        over = [call for call in account_of(run).answers if overflows(call)]
        if not over:
            return ()
        return observe(
            self, run, over, f"{counted(len(over), 'model call')} hit a length limit.", severity=0.7
        )


def overflows(call: ModelCall) -> bool:
    """Whether a model call hit a limit of length, on either side."""
    return plain(call.finish_reason) in _CUT or bool(call.error and _EXPRESSION.search(call.error[:_LONGEST]))
