"""What a detector saw in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One observation: the detector's name, the spans that show it and a sentence for a person.

    ``severity`` is within 0..1: how much a run suffers from it when it is there.
    """

    detector: str
    run_id: str
    span_ids: tuple[str, ...]
    sentence: str
    severity: float = 0.5


class Detector(Protocol):
    """A small pure function over a run; never reads the outcome."""

    @property
    def name(self) -> str:
        """A stable name in snake case."""
        ...

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """All it sees; empty when nothing."""
        ...
