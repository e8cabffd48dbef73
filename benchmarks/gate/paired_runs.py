"""The two runs of one pair, as the gate's guards see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from benchmarks.gate.verdict import PairResult
from harness.runs import RunResult

Arm = Literal["control", "candidate"]
ARMS: tuple[Arm, Arm] = ("control", "candidate")


@dataclass(frozen=True, kw_only=True)
class PairedRuns:
    """One task run once by each arm; ``position`` counts pairs from 0 in the planned order."""

    position: int
    task: str
    group: str
    control: RunResult
    candidate: RunResult

    def arm(self, arm: Arm) -> RunResult:
        """The run of one arm."""
        return self.control if arm == "control" else self.candidate

    def result(self) -> PairResult:
        """What the verdict keeps; a run that broke for good stays unscored."""
        return PairResult(
            position=self.position,
            task=self.task,
            group=self.group,
            control_run=self.control.run_id,
            candidate_run=self.candidate.run_id,
            control_score=score_of(self.control),
            candidate_score=score_of(self.candidate),
            control_outcome=self.control.outcome,
            candidate_outcome=self.candidate.outcome,
            diverged=self.control.digest != self.candidate.digest,
            control_attempt=self.control.attempt,
            candidate_attempt=self.candidate.attempt,
        )


def score_of(run: RunResult) -> float | None:
    """A run's score within 0..1, or ``None`` where it gives no verdict on the harness."""
    return min(1.0, max(0.0, run.score)) if run.outcome.is_scored else None


def results_of(pairs: Iterable[PairedRuns]) -> tuple[PairResult, ...]:
    """What the verdict keeps of each pair, in the planned order."""
    return tuple(pair.result() for pair in pairs)


def runs_of(pairs: Iterable[PairedRuns], arm: Arm) -> tuple[RunResult, ...]:
    """The runs of one arm, in the planned order."""
    return tuple(pair.arm(arm) for pair in pairs)
