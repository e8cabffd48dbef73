"""What each task showed over all its pairs: the rows of the JUnit file and of the table of flips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.gate.verdict import PairResult, Verdict
from traces.outcome import Outcome

Change = Literal["fixed", "broken", "partly", "same", "unscored"]


@dataclass(frozen=True, kw_only=True)
class TaskOutcome:
    """The pairs of one task, in the order in which they were taken."""

    task: str
    group: str
    pairs: tuple[PairResult, ...]

    @property
    def scored(self) -> tuple[PairResult, ...]:
        """The pairs in which both runs were scored."""
        return tuple(pair for pair in self.pairs if None not in {pair.control_score, pair.candidate_score})

    @property
    def control_passed(self) -> int:
        """Runs of the control that passed."""
        return sum(pair.control_outcome is Outcome.PASSED for pair in self.pairs)

    @property
    def candidate_passed(self) -> int:
        """Runs of the candidate that passed."""
        return sum(pair.candidate_outcome is Outcome.PASSED for pair in self.pairs)

    @property
    def difference(self) -> float:
        """Mean score of the candidate minus that of the control over the scored pairs, within -1..1."""
        scored = self.scored
        return sum(pair.difference for pair in scored) / len(scored) if scored else 0.0

    @property
    def change(self) -> Change:
        """``fixed`` and ``broken`` where every scored pair says so, ``partly`` where they differ in size or sign."""
        if not self.scored:
            return "unscored"
        if self.difference == 0.0:
            return "same"
        if abs(self.difference) == 1.0:
            return "fixed" if self.difference > 0 else "broken"
        return "partly"

    @property
    def is_regression(self) -> bool:
        """Whether the candidate did worse than the control where both were scored."""
        return self.difference < 0.0

    @property
    def flipped(self) -> tuple[PairResult, ...]:
        """The scored pairs whose runs differ."""
        return tuple(pair for pair in self.scored if pair.difference)


def task_outcomes(verdict: Verdict) -> tuple[TaskOutcome, ...]:
    """Every task that the verdict saw, ordered by name."""
    pairs: dict[str, list[PairResult]] = defaultdict(list)
    for pair in verdict.pairs:
        pairs[pair.task].append(pair)
    return tuple(
        TaskOutcome(task=task, group=found[0].group, pairs=tuple(found))
        for task, found in sorted(pairs.items())
    )


def flips(outcomes: Iterable[TaskOutcome]) -> tuple[TaskOutcome, ...]:
    """The tasks on which the arms differ, what was lost first; equal ones by name."""
    return tuple(
        sorted(
            (outcome for outcome in outcomes if outcome.difference),
            key=lambda outcome: (outcome.difference, outcome.task),
        )
    )


def count_flips(found: Sequence[TaskOutcome]) -> str:
    """Such as ``2 better, 1 worse``."""
    worse = sum(outcome.is_regression for outcome in found)
    return f"{len(found) - worse} better, {worse} worse"
