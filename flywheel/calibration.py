"""What running a harness against itself showed, as a value and as a ledger entry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.gate.noise import Noise, measured_noise
from benchmarks.gate.verdict import Claim
from flywheel.project import Project
from flywheel.records import mapping
from harness.ledger import Entry
from harness.runs import RunResult
from traces.outcome import Outcome

KIND = "calibration"


@dataclass(frozen=True, kw_only=True)
class Relabelled:
    """A/A experiments dealt from the pool: how many of them the gate would have promoted, before any guard.

    ``upper95`` is the one-sided 95 % bound of the rate (Clopper and Pearson), ``mean_bets`` how many bets one took.
    """

    claim: Claim
    repeats: int
    threshold: float
    experiments: int
    promoted: int
    upper95: float
    mean_bets: float

    @property
    def nominal(self) -> float:
        """What the rate may be at most: one over the wealth that a promotion needs."""
        return 1.0 / self.threshold


@dataclass(frozen=True, kw_only=True)
class RunCost:
    """Means over runs: tokens, US dollars (0: unknown) and seconds of one run.

    ``seconds`` are real time, ``own_seconds`` by the run's own clock, which is virtual for a simulated model; ``None``
    where nothing says.
    """

    runs: int
    tokens: float
    usd: float
    seconds: float | None
    own_seconds: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The pool of one harness's runs on one split, all with seeds of their own, and what the gate makes of it.

    ``scores`` are within 0..1 by task, of scored runs only; ``groups`` names each task's group; ``outcomes`` counts all
    runs, errored ones among them. ``date`` is when it was recorded (ISO 8601), empty before.
    """

    suite: str
    epoch: str
    split: str
    seed: int
    commit: str
    tree: str
    isolation: str
    in_flight: int
    runs_per_task: int
    scores: Mapping[str, tuple[float, ...]]
    groups: Mapping[str, str]
    outcomes: Mapping[str, int]
    cost: RunCost
    relabelled: tuple[Relabelled, ...] = ()
    simulated: bool = False
    date: str = ""

    @property
    def noise(self) -> Noise | None:
        """How often two runs of it differ; ``None`` where fewer than two tasks have three scored runs."""
        return measured_noise(self.scores)

    @property
    def pass_rate(self) -> float:
        """The mean over tasks of the mean score; 0 where nothing was scored."""
        means = [sum(seen) / len(seen) for seen in self.scores.values() if seen]
        return sum(means) / len(means) if means else 0.0

    @property
    def flaky(self) -> tuple[str, ...]:
        """Tasks whose runs did not all end alike, those nearest to a coin first."""
        rates = {task: sum(seen) / len(seen) for task, seen in self.scores.items() if seen}
        unsteady = [task for task, seen in self.scores.items() if len(set(seen)) > 1]
        return tuple(sorted(unsteady, key=lambda task: (abs(rates[task] - 0.5), task)))

    def by_group(self) -> Mapping[str, tuple[float, float, int]]:
        """For each group: how often two of its runs at one task differ, its pass rate, and its scored runs."""
        members: dict[str, list[Sequence[float]]] = defaultdict(list)
        for task, seen in self.scores.items():
            if seen:
                members[self.groups[task]].append(seen)
        return {group: _group_figures(pools) for group, pools in sorted(members.items())}

    def to_record(self) -> dict[str, Any]:
        """JSON for the ledger: figures of tasks, which nobody who mines is shown."""
        return {
            "suite": self.suite,
            "epoch": self.epoch,
            "split": self.split,
            "seed": self.seed,
            "commit": self.commit,
            "tree": self.tree,
            "isolation": self.isolation,
            "in_flight": self.in_flight,
            "runs_per_task": self.runs_per_task,
            "simulated": self.simulated,
            "scores": {task: list(seen) for task, seen in sorted(self.scores.items())},
            "groups": dict(sorted(self.groups.items())),
            "outcomes": dict(sorted(self.outcomes.items())),
            "cost": vars_of(self.cost),
            "relabelled": [vars_of(found) for found in self.relabelled],
        }


def calibration_of(entry: Entry) -> Calibration:
    """The calibration that a ledger entry holds."""
    fields: dict[str, Any] = dict(entry.body)
    fields["scores"] = {task: tuple(seen) for task, seen in mapping(fields["scores"]).items()}
    fields["cost"] = RunCost(**mapping(fields["cost"]))
    fields["relabelled"] = tuple(Relabelled(**mapping(row)) for row in fields["relabelled"])
    return Calibration(**fields, date=entry.time)


def calibrations(project: Project, *, suite: str) -> tuple[Calibration, ...]:
    """All calibrations of a suite in the ledger, the oldest first."""
    entries = (entry for entry in project.ledger.entries(KIND) if entry.body["suite"] == suite)
    return tuple(calibration_of(entry) for entry in entries)


def count_outcomes(results: Iterable[RunResult]) -> Mapping[str, int]:
    """How many runs ended in each outcome."""
    return Counter(result.outcome.value for result in results)


def errored_rate(outcomes: Mapping[str, int]) -> tuple[int, int]:
    """Runs that gave no verdict or ran out of time, and all runs."""
    broken = outcomes.get(Outcome.ERRORED.value, 0) + outcomes.get(Outcome.TIMED_OUT.value, 0)
    return broken, sum(outcomes.values())


def vars_of(value: object) -> dict[str, Any]:
    """The fields of a flat value."""
    return dict(vars(value))


def _group_figures(pools: Sequence[Sequence[float]]) -> tuple[float, float, int]:
    squares = [
        2.0 * sum((score - sum(seen) / len(seen)) ** 2 for score in seen) / (len(seen) - 1)
        for seen in pools
        if len(seen) > 1
    ]
    rates = [sum(seen) / len(seen) for seen in pools]
    return (
        min(1.0, sum(squares) / len(squares)) if squares else 0.0,
        sum(rates) / len(rates),
        sum(len(seen) for seen in pools),
    )
