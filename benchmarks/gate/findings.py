"""Everything an experiment came to, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.gate.activation import Activation
from benchmarks.gate.block import Block
from benchmarks.gate.cost_guard import CostRatios
from benchmarks.gate.coverage import Coverage
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.verdict import Claim, EvidencePoint, PairResult, Question


@dataclass(frozen=True, kw_only=True)
class Findings:
    """The consumed prefix of an experiment, its end and what the guards said.

    ``planned_bets`` is the budget and ``planned_effect`` the effect that the bets were planned for. ``is_forced``
    marks an experiment that was not expected to decide and may promote nothing; ``carried`` counts the bets that
    come from its earlier parts.
    """

    claim: Claim
    planned_bets: int
    planned_effect: float
    stop: Stop
    evidence: Evidence
    interval: tuple[float, float]
    points: tuple[EvidencePoint, ...]
    pairs: tuple[PairResult, ...]
    activation: Activation
    costs: CostRatios
    coverage: Coverage
    block: Block | None = None
    is_noise_check: bool = False
    question: Question = "better"
    margin: float = 0.0
    is_forced: bool = False
    carried: int = 0

    @property
    def effect(self) -> float:
        """The mean difference of the bets, biased upward by stopping."""
        return sum(point.difference for point in self.points) / len(self.points) if self.points else 0.0

    @property
    def won(self) -> int:
        """Bets that the candidate won."""
        return sum(point.difference > 0 for point in self.points)

    @property
    def lost(self) -> int:
        """Bets that the candidate lost."""
        return sum(point.difference < 0 for point in self.points)
