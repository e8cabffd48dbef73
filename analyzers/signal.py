"""What a detector saw in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from traces.run import Run

Shows = Literal["result", "arguments"]


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One observation: the detector's name, the spans that show it and a sentence for a person.

    ``severity`` is within 0..1: how much a run suffers from it when it is there. A ``symptom`` says how a
    run ended rather than why, and is a mechanism of last resort. ``shows`` says where in a tool's span a person sees it:
    in the result, or in the arguments that the call was given.
    """

    detector: str
    run_id: str
    span_ids: tuple[str, ...]
    sentence: str
    severity: float = 0.5
    symptom: bool = False
    shows: Shows = "result"


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
