"""What mining keeps of a run: small enough for a hundred thousand of them."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.signal import Signal
from traces.outcome import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """A signal with the places in the run of the spans that show it.

    ``steps`` count model and tool calls from 0, in order; empty where no cited span is a step. ``needed`` is how
    many of them the detector wants before it speaks: the third of three equal calls.
    """

    signal: Signal
    steps: tuple[int, ...] = ()
    needed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One run as clustering sees it; made by ``analyzers.observing.observe``, after which the run can be dropped.

    ``cause`` is the coarse terminal cause (``analyzers.signatures.cause_kind``). ``task``, ``repository`` and
    ``suite`` are the strata of comparisons, empty where nothing says so; ``suite`` of an imported run names its
    source. ``steps`` is how many model and tool calls it made. ``words`` are the distinct words of its failing region
    in the order of their first occurrence, empty where content is redacted.
    """

    run_id: str
    outcome: Outcome
    cause: str
    task: str = ""
    repository: str = ""
    suite: str = ""
    steps: int = 0
    sightings: tuple[Sighting, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_failure(self) -> bool:
        """Whether it has a verdict and that is not ``passed``."""
        return self.outcome.is_scored and self.outcome is not Outcome.PASSED

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What detectors saw, without the places."""
        return tuple(sighting.signal for sighting in self.sightings)

    @property
    def mechanisms(self) -> frozenset[str]:
        """The names of the detectors that saw something."""
        return frozenset(sighting.signal.detector for sighting in self.sightings)
