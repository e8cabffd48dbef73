"""What the gate says of a candidate."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from traces.outcome import Outcome

Claim = Literal["groups", "suite"]
Question = Literal["better", "safe"]


class Decision(StrEnum):
    """The three verdicts."""

    PROMOTE = "promote"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class PairResult:
    """One task run once by each arm with the same seed; scores within 0..1, ``None`` if it stayed unscored."""

    position: int
    task: str
    group: str
    control_run: str
    candidate_run: str
    control_score: float | None
    candidate_score: float | None
    control_outcome: Outcome
    candidate_outcome: Outcome
    diverged: bool = True
    control_attempt: int = 1
    candidate_attempt: int = 1

    @property
    def difference(self) -> float:
        """Candidate minus control, within -1..1; an unscored pair counts at its worst for the candidate."""
        control = 1.0 if self.control_score is None else self.control_score
        candidate = 0.0 if self.candidate_score is None else self.candidate_score
        return candidate - control


@dataclass(frozen=True, kw_only=True)
class EvidencePoint:
    """Wealth of the e-process after a bet, with the running lower bound of the effect."""

    bet: int
    group: str
    difference: float
    wealth: float
    lower_bound: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A decision with everything needed to believe it.

    ``effect_at_stop`` is the mean paired difference when the experiment stopped, biased upward by stopping
    early (at 20 candidates a true gain of 10 points shows as 12, with too small a budget as 16); the claim is the lower end of
    ``interval``, the anytime-valid confidence interval at the candidate's share of the error budget. It is above
    zero (``question`` "better") or above ``-margin`` ("safe") exactly for a promotion the test itself allows. An
    effect without bias comes from fresh pairs after the verdict (``experiment_confirm``) and from ``sealed``.
    ``threshold`` is the wealth a promotion needs. ``blocked_by`` names the guard that blocked and
    ``blocking_runs`` the runs that show it. ``more`` says what more an inconclusive one would take.
    """

    decision: Decision
    reason: str
    claim: Claim
    effect_at_stop: float
    interval: tuple[float, float]
    wealth: float
    threshold: float
    groups_used: int
    pairs: tuple[PairResult, ...]
    evidence: tuple[EvidencePoint, ...]
    diverged: int
    activation: Literal["fired", "never_fired", "not_applicable"]
    futile: bool = False
    blocked_by: str | None = None
    blocking_runs: tuple[str, ...] = ()
    more: str = ""
    cost_ratio: float | None = None
    notes: tuple[str, ...] = field(default_factory=tuple)
    question: Question = "better"
    margin: float = 0.0
    hopeless: bool = False

    @property
    def can_continue(self) -> bool:
        """Whether more pairs may be added: the budget ended or could hardly decide, nothing was given up."""
        return self.decision is Decision.INCONCLUSIVE and not self.futile
