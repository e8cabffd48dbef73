"""What a detector saw in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One observation: the detector's name, the spans that show it and a sentence for a person.

    ``severity`` is within 0..1: how much a run suffers from it when it is there. A ``symptom`` says how a
    run ended rather than why, and is a mechanism of last resort.
    """

    detector: str
    run_id: str
    span_ids: tuple[str, ...]
    sentence: str
    severity: float = 0.5
    symptom: bool = False


class Detector(Protocol):
    """A small pure function over a run; never reads the outcome, its reason, the cause or the score."""

    @property
    def name(self) -> str:
        """A stable name in snake case."""
        ...

    @property
    def title(self) -> str:
        """What an agent that shows it does, in the words of a person: "Ends without testing its last edit"."""
        ...

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """All it sees; empty when nothing."""
        ...
