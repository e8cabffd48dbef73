"""What an experiment that goes on brings along: an inconclusive candidate continues its wealth."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.errors import PlanError
from benchmarks.gate.activation import Activation
from benchmarks.gate.evidence import Evidence
from benchmarks.gate.interval import RunningInterval
from benchmarks.gate.verdict import EvidencePoint, PairResult, Verdict


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Bets and pairs of the earlier parts of one experiment, in their order, as its last verdict holds them.

    A wealth that began anew after each inconclusive try would promote a useless candidate 13 times in 100 at a
    nominal 5. So nothing is forgotten: bets, threshold and differences are those of the beginning.
    ``is_repetition`` is set where the evidence was there but the control drifted: the new part is then run to its
    end, and its own control must hold still.
    """

    points: tuple[EvidencePoint, ...] = ()
    pairs: tuple[PairResult, ...] = ()
    activation: Activation = "not_applicable"
    is_repetition: bool = False

    @classmethod
    def of(cls, verdict: Verdict) -> Carried:
        """All that a verdict was based on; raises ``PlanError`` for one that cannot be continued."""
        if not verdict.can_continue:
            raise PlanError(
                f"this experiment is over ({'given up as futile' if verdict.futile else verdict.decision}): only an "
                "inconclusive one whose budget ended can be continued"
            )
        return cls(
            points=verdict.evidence,
            pairs=verdict.pairs,
            activation=verdict.activation,
            is_repetition=verdict.blocked_by == "drift",
        )

    def onto(self, evidence: Evidence) -> Evidence:
        """The evidence with every earlier difference taken in."""
        for point in self.points:
            evidence = evidence.after(point.difference)
        return evidence

    def onto_interval(self, interval: RunningInterval) -> RunningInterval:
        """The running interval with every earlier difference taken in."""
        for point in self.points:
            interval = interval.after(point.difference)
        return interval

    def shifted(self, pair: PairResult) -> PairResult:
        """A pair of the present part, numbered after the earlier ones."""
        return replace(pair, position=pair.position + len(self.pairs))
