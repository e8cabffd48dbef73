"""The model declined to answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from analyzers.tool_kinds import plain
from traces.run import ModelCall, Run

_REASONS = frozenset(
    {"contentfilter", "refusal", "safety", "blocklist", "prohibitedcontent", "recitation", "spii"}
)
_EXPRESSION = re.compile(
    r"^\W{0,10}(?:I'm sorry,? but |I am sorry,? but |sorry, )?I (?:can't|cannot|can not|won't|am not able to|'m not able to)"
    r" (?:help|assist|comply|do that|fulfill|continue with)",
    re.IGNORECASE,
)
_BEGINNING = 200


@dataclass(frozen=True, kw_only=True)
class ModelRefusal:
    """Sees answers that a filter stopped, or that begin by declining; the former without any content."""

    name: str = "model_refusal"
    title: str = "Declines to work on the task"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites those answers."""
        refused = [call for call in account_of(run).answers if _refuses(call)]
        if not refused:
            return ()
        return observe(
            self, run, refused, f"{counted(len(refused), 'answer')} declined to go on.", severity=0.7
        )


def _refuses(call: ModelCall) -> bool:
    return plain(call.finish_reason) in _REASONS or bool(_EXPRESSION.match(call.text[:_BEGINNING]))
