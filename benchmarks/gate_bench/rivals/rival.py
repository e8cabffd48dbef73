"""What a rival of the gate is, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from benchmarks.gate.replay import replay
from benchmarks.gate_bench.campaigns import REACHED
from benchmarks.gate_bench.draws import Bools, Floats
from benchmarks.gate_bench.planned import Planned


@dataclass(frozen=True, kw_only=True)
class Tried:
    """Which experiments promoted a candidate that does not help: by the rival, and by the shipped gate beside it."""

    rival: Bools
    gate: Bools


class Rival(Protocol):
    """An acceptor at a nominal 5 %, with the experiments in which its mistake shows.

    ``idea`` says what it does in a few words and ``source`` where it comes from or who described the mistake.
    """

    @property
    def name(self) -> str:
        """How the document calls it."""

    @property
    def idea(self) -> str:
        """What it does, for the table."""

    @property
    def source(self) -> str:
        """Where the idea or its flaw is described."""

    def tried(self, experiments: int, generator: np.random.Generator) -> Tried:
        """Experiments with useless candidates, judged by both."""


def promoted(planned: Planned, differences: Floats) -> Bools:
    """Which experiments the shipped evidence promotes."""
    return np.asarray(replay(planned.start(), differences).stop == REACHED)
