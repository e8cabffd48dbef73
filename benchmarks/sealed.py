"""The sealed split, opened once: baseline and final harness side by side on tasks that nobody looked at."""

from __future__ import annotations

import hashlib
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scipy.stats import t as student

from benchmarks.errors import PlanError
from benchmarks.gate.paired_runs import ARMS, Arm, PairedRuns
from benchmarks.gate.verdict import PairResult
from benchmarks.schedule import running
from benchmarks.task import Split, Task
from harness.errors import BrokenSystemError
from harness.runs import Checkout, Executor, RunRequest, RunResult
from traces import attributes
from traces.outcome import Outcome

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class SealedResult:
    """Baseline against final harness on the sealed split.

    ``effect`` is the mean over groups of the mean paired difference, and ``lower_bound`` its one-sided 95 %
    bound. Counts are of runs; an unscored pair counts at its worst for the final harness.
    """

    before_passed: int
    before_total: int
    after_passed: int
    after_total: int
    effect: float
    lower_bound: float
    groups: int
    pairs: tuple[PairResult, ...]

    def to_record(self) -> dict[str, Any]:
        """JSON for the ledger and for reports; pairs as the run ids of both arms."""
        return {
            "before": {"passed": self.before_passed, "total": self.before_total},
            "after": {"passed": self.after_passed, "total": self.after_total},
            "effect": self.effect,
            "lower_bound": self.lower_bound,
            "groups": self.groups,
            "pairs": [
                {
                    "task": pair.task,
                    "group": pair.group,
                    "before_run": pair.control_run,
                    "after_run": pair.candidate_run,
                    "before": pair.control_outcome.value,
                    "after": pair.candidate_outcome.value,
                    "difference": pair.difference,
                    "before_score": pair.control_score,
                    "after_score": pair.candidate_score,
                }
                for pair in self.pairs
            ],
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> SealedResult:
        """What ``to_record`` wrote, so that a split which was opened is read back and not run again."""
        return cls(
            before_passed=record["before"]["passed"],
            before_total=record["before"]["total"],
            after_passed=record["after"]["passed"],
            after_total=record["after"]["total"],
            effect=record["effect"],
            lower_bound=record["lower_bound"],
            groups=record["groups"],
            pairs=tuple(
                PairResult(
                    position=position,
                    task=pair["task"],
                    group=pair["group"],
                    control_run=pair["before_run"],
                    candidate_run=pair["after_run"],
                    control_score=pair["before_score"],
                    candidate_score=pair["after_score"],
                    control_outcome=Outcome(pair["before"]),
                    candidate_outcome=Outcome(pair["after"]),
                )
                for position, pair in enumerate(record["pairs"])
            ),
        )


@dataclass(frozen=True, kw_only=True)
class SealedSample:
    """The fixed sample: every task once in each arm, both with the same seed, in a random order."""

    id: str
    suite: str
    baseline: Checkout
    final: Checkout
    tasks: tuple[Task, ...]
    in_flight: int

    def run_key(self, task: Task, arm: Arm) -> str:
        """The stable key of one run: resuming asks for the same ones."""
        return f"{self.id}/{task.id}/{arm}"

    def run_keys(self) -> Iterator[str]:
        """Every run's key, for the look that is recorded before the first run starts."""
        return (self.run_key(task, arm) for task in self.tasks for arm in ARMS)

    def requests(self) -> Iterator[RunRequest]:
        """Both arms of each task next to each other, which of them first drawn by task."""
        for task in self.tasks:
            generator = random.Random(f"{self.id}/{task.id}")
            seed = generator.getrandbits(31)
            for arm in generator.sample(ARMS, k=2):
                yield self._request(task, arm, seed)

    def _request(self, task: Task, arm: Arm, seed: int) -> RunRequest:
        return RunRequest(
            key=self.run_key(task, arm),
            checkout=self.baseline if arm == "control" else self.final,
            assignment=task.assignment,
            verifier=task.verifier,
            seed=seed,
            labels={
                attributes.SUITE: self.suite,
                attributes.SPLIT: Split.SEALED.value,
                attributes.GROUP: task.group,
                attributes.TASK: task.id,
                attributes.ARM: arm,
                attributes.EXPERIMENT: self.id,
            },
            in_flight=self.in_flight,
        )


def sealed_sample(
    *, baseline: Checkout, final: Checkout, tasks: Sequence[Task], suite: str, seed: int, in_flight: int = 2
) -> SealedSample:
    """Fix the sample. The same arguments give the same id; raises ``PlanError`` for fewer than two groups."""
    if len({task.group for task in tasks}) < 2:
        raise PlanError(f"the sealed split of {suite} needs at least 2 groups: add tasks")
    ordered = sorted(tasks, key=lambda task: task.id)
    named = "\n".join([suite, str(seed), baseline.tree, final.tree, *(task.id for task in ordered)])
    name = f"sealed-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
    return SealedSample(
        id=name,
        suite=suite,
        baseline=baseline,
        final=final,
        tasks=tuple(random.Random(name).sample(ordered, k=len(ordered))),
        in_flight=in_flight,
    )


def measure_sealed(
    sample: SealedSample, *, executor: Executor, on_run: Callable[[RunResult], None] | None = None
) -> SealedResult:
    """Run the whole sample, both arms interleaved, and read it once. Raises ``BrokenSystemError``."""
    finished: dict[str, RunResult] = {}
    with running(executor, sample.requests()) as results:
        for result in results:
            finished[result.key] = result
            if on_run is not None:
                on_run(result)
    return sealed_result(_pairs(sample, finished))


def sealed_result(pairs: Sequence[PairResult]) -> SealedResult:
    """Read the pairs: counts, effect over groups and its bound."""
    by_group: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        by_group[pair.group].append(pair.difference)
    means = [sum(differences) / len(differences) for _, differences in sorted(by_group.items())]
    return SealedResult(
        before_passed=sum(pair.control_outcome is Outcome.PASSED for pair in pairs),
        before_total=len(pairs),
        after_passed=sum(pair.candidate_outcome is Outcome.PASSED for pair in pairs),
        after_total=len(pairs),
        effect=sum(means) / len(means),
        lower_bound=lower_bound(means),
        groups=len(means),
        pairs=tuple(pairs),
    )


def lower_bound(group_means: Sequence[float]) -> float:
    """One-sided 95 % lower bound of the mean over groups, by Student's t; at least two groups.

    Groups are the unit that was drawn at random, so runs of one group count together (clustered by group).
    """
    count = len(group_means)
    mean = sum(group_means) / count
    variance = sum((value - mean) ** 2 for value in group_means) / (count - 1)
    return float(mean - student.ppf(CONFIDENCE, count - 1) * math.sqrt(variance / count))


def _pairs(sample: SealedSample, finished: Mapping[str, RunResult]) -> tuple[PairResult, ...]:
    missing = [key for key in sample.run_keys() if key not in finished]
    if missing:
        raise BrokenSystemError(f"the executor ended without a result for run {missing[0]}")
    return tuple(
        PairedRuns(
            position=position,
            task=task.id,
            group=task.group,
            control=finished[sample.run_key(task, "control")],
            candidate=finished[sample.run_key(task, "candidate")],
        ).result()
        for position, task in enumerate(sample.tasks)
    )
