"""Patches with a known effect, judged by the shipped experiment on real runs of the simulated model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np
import pytest

from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.activation import parse_mechanism
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.guards import Guards
from benchmarks.gate.relabel import relabelled_differences
from benchmarks.gate.replay import replay
from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.splits import tasks_of
from benchmarks.task import Split, Task
from flywheel.observer import SilentObserver
from flywheel.suites import open_suite
from harness.apply_edits import apply_edits
from harness.edits import AddMiddleware, Edit, SetValue
from harness.local_executor import LocalExecutor
from harness.repository import HarnessRepository
from harness.runs import Checkout, RunRequest, RunResult
from harness.simulated.profile import Profile
from harness.template import coder_template
from traces import attributes

PROFILE = Profile(unverified_finish=0.35)
SEEDS = 3  # real runs of each task and harness in the pool
THRESHOLD = 160.0  # that of a campaign of eight candidates at 5 %
LIVE = 3  # experiments of each kind that are run and not dealt
EDITS: Mapping[str, tuple[Edit, ...]] = {
    "current": (),
    "helpful": (AddMiddleware(use="stock:PreCompletionChecklist"),),
    "harmful": (SetValue(key="limits.steps", value=9),),
}
MECHANISMS = {"helpful": "middleware:stock:PreCompletionChecklist", "harmful": "limits.steps"}

Record = Callable[[str, object], None]


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Three harnesses on the tasks of the gate, and real runs of each: by tree, task and number."""

    tasks: Mapping[str, Task]
    checkouts: Mapping[str, Checkout]
    runs: Mapping[tuple[str, str, int], RunResult]

    def scores(self, harness: str) -> dict[str, list[float]]:
        """A harness's scores by task."""
        tree = self.checkouts[harness].tree
        return {task: [self.runs[tree, task, n].score for n in range(SEEDS)] for task in self.tasks}

    def effect(self, harness: str) -> float:
        """The mean difference to the current harness, over everything: the truth about dealt experiments."""
        before, after = self.scores("current"), self.scores(harness)
        return mean(mean(after[task]) - mean(before[task]) for task in self.tasks)

    def plan(self, harness: str, *, seed: int, effect: float) -> ExperimentPlan:
        """An experiment on one of the patches, as a campaign's first candidate."""
        return plan_experiment(
            Design(suite="humaneval-repair", seed=seed, threshold=THRESHOLD, effect=effect),
            control=self.checkouts["current"],
            candidate=self.checkouts[harness],
            tasks=list(self.tasks.values()),
        )

    def guards(self, harness: str) -> Guards:
        """All of them; a task that passed in all runs of the pool counts as reliable."""
        passing = (task for task, scores in self.scores("current").items() if min(scores) == 1.0)
        return Guards(mechanism=parse_mechanism(MECHANISMS[harness]), reliable=frozenset(passing))


@dataclass(frozen=True)
class Dealer:
    """An executor that answers with real runs that there are: equal seeds get runs of equal seeds."""

    planted: Planted

    def run(self, requests: Iterable[RunRequest]) -> Iterator[RunResult]:
        """One after another."""
        for request in requests:
            task = request.labels[attributes.TASK]
            run = self.planted.runs[request.checkout.tree, task, request.seed % SEEDS]
            yield replace(run, key=request.key)


def pool_requests(tasks: Sequence[Task], checkouts: Mapping[str, Checkout]) -> Iterator[RunRequest]:
    """Every task with every harness; the seeds are those of the task and the number, so arms share them."""
    for number in range(SEEDS):
        for task in tasks:
            seed = int.from_bytes(hashlib.sha256(f"{task.id}/{number}".encode()).digest()[:3], "big")
            for checkout in checkouts.values():
                yield RunRequest(
                    key=f"{checkout.tree}/{task.id}/{number}",
                    checkout=checkout,
                    assignment=task.assignment,
                    verifier=task.verifier,
                    seed=seed,
                    in_flight=2,
                )


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalExecutor]:
    """Real runs, two at a time."""
    folder = tmp_path_factory.mktemp("segments")
    with LocalExecutor(folder, in_flight=2, model_profile=PROFILE) as made:
        yield made


@pytest.fixture(scope="module")
def planted(executor: LocalExecutor, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The pool: all groups of the gate, three harnesses, the same seeds for each."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    tasks = tasks_of(suite, Split.GATE, per_group=1, seed=1)
    checkouts = made_harnesses(tmp_path_factory.mktemp("planted") / "harness")
    runs: dict[tuple[str, str, int], RunResult] = {}
    for result in executor.run(pool_requests(tasks, checkouts)):
        tree, _, rest = result.key.partition("/")
        task, _, number = rest.rpartition("/")
        runs[tree, task, int(number)] = result
    return Planted(tasks={task.id: task for task in tasks}, checkouts=checkouts, runs=runs)


def made_harnesses(folder: Path) -> dict[str, Checkout]:
    """The current harness and the patched ones, as commits of one repository."""
    repository = HarnessRepository.init(folder, coder_template(), "Start")
    start = repository.current()
    before = repository.tree(start)
    commits = {
        name: repository.commit_candidate(apply_edits(before, edits), name, start, name) if edits else start
        for name, edits in EDITS.items()
    }
    return {name: repository.checkout(commit) for name, commit in commits.items()}


def dealt(planted: Planted, harness: str, *, effect: float, seeds: range) -> list[Verdict]:
    """Verdicts of experiments whose runs are dealt out from the pool."""
    return [
        run_experiment(
            planted.plan(harness, seed=seed, effect=effect),
            tasks=planted.tasks,
            executor=Dealer(planted),
            guards=planted.guards(harness),
        )
        for seed in seeds
    ]


def live(planted: Planted, executor: LocalExecutor, harness: str, *, effect: float) -> list[Verdict]:
    """Verdicts of experiments whose runs are all new."""
    return [
        run_experiment(
            planted.plan(harness, seed=1000 + number, effect=effect),
            tasks=planted.tasks,
            executor=executor,
            guards=planted.guards(harness),
        )
        for number in range(LIVE)
    ]


def promoted(verdicts: Sequence[Verdict]) -> int:
    """How many were let through."""
    return sum(verdict.decision is Decision.PROMOTE for verdict in verdicts)


@pytest.mark.slow
def test_a_helpful_patch_is_promoted_at_the_planned_effect(planted: Planted, record_property: Record) -> None:
    """In at least 80 of 100 experiments that are planned for what it really does; the bound holds in nearly all."""
    effect = planted.effect("helpful")
    verdicts = dealt(planted, "helpful", effect=round(effect, 2), seeds=range(100))
    record_property("effect", round(effect, 4))
    record_property("promoted_of_100", promoted(verdicts))
    record_property("mean_groups", round(mean(verdict.groups_used for verdict in verdicts), 1))

    assert 0.1 <= effect <= 0.5
    assert promoted(verdicts) >= 80
    assert sum(verdict.interval[0] > effect for verdict in verdicts) <= 3


@pytest.mark.slow
def test_a_harmful_patch_is_never_promoted(planted: Planted, record_property: Record) -> None:
    """Not once in 100 experiments, planned for a gain of 20 points as the policy has it."""
    effect = planted.effect("harmful")
    verdicts = dealt(planted, "harmful", effect=0.2, seeds=range(100))
    record_property("effect", round(effect, 4))
    record_property("promoted_of_100", promoted(verdicts))
    record_property("rejected_of_100", sum(verdict.decision is Decision.REJECT for verdict in verdicts))

    assert effect < -0.05
    assert promoted(verdicts) == 0


@pytest.mark.slow
def test_live_experiments_agree_with_the_dealt_ones(
    planted: Planted, executor: LocalExecutor, record_property: Record
) -> None:
    """The helpful patch passes in the majority of experiments with runs of their own, the harmful one in none."""
    helpful = live(planted, executor, "helpful", effect=round(planted.effect("helpful"), 2))
    harmful = live(planted, executor, "harmful", effect=0.2)
    record_property("live_helpful_promoted", f"{promoted(helpful)} of {LIVE}")
    record_property("live_harmful_promoted", f"{promoted(harmful)} of {LIVE}")

    assert promoted(helpful) >= LIVE - 1
    assert promoted(harmful) == 0
    assert {verdict.activation for verdict in (*helpful, *harmful)} == {"fired"}


@pytest.mark.slow
@pytest.mark.parametrize("harness", ["current", "helpful"])
def test_a_harness_is_not_promoted_over_itself(
    planted: Planted, harness: str, record_property: Record
) -> None:
    """At most 10 of 200 experiments with arms dealt from one pool, at a budget of 5 % for one candidate."""
    differences = relabelled_differences(
        planted.scores(harness),
        groups={task.id: task.group for task in planted.tasks.values()},
        claim="groups",
        repeats=1,
        experiments=200,
        seed=1,
    )
    found = replay(Evidence.start(effect=0.2, discordance=0.24, threshold=20.0), differences)
    record_property("promoted_of_200", round(200 * found.share(Stop.REACHED)))
    record_property("arms_differ", round(float(np.mean(differences != 0)), 4))

    assert np.mean(differences != 0) > 0.0
    assert found.share(Stop.REACHED) <= 10 / 200
