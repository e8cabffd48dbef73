"""One seed of the whole loop: optimise, then the hand-made harnesses on the same sealed tasks with the same seeds."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.splits import tasks_of
from benchmarks.task import Split, Task
from flywheel.bench_mining.loop.hand_made import hand_made
from flywheel.bench_mining.planted.running import OF_A_RUN, digest_of
from flywheel.bench_mining.planted.truth import WEAKNESSES, profile_of
from flywheel.observer import Observer, SilentObserver
from flywheel.optimizing import Outputs, optimize
from flywheel.project import Project, open_project, working
from flywheel.seeds import derive_seed
from flywheel.suites import open_suite
from flywheel.wheel import Settings
from harness.apply_edits import apply_edits
from harness.local_executor import LocalExecutor
from harness.repository import HarnessRepository
from harness.runs import Checkout, Executor, RunRequest
from harness.template import coder_template
from harness.tree_paths import POLICY_PATH

_START, _LOOP = "start", "loop"
SUITE = "humaneval-repair"
MOST_RUNS = 4500
STRENGTHS = (0.4, 0.3, 0.2, 0.15, 0.1, 0.05)
# Each weakness hides behind the others at first, so one patch gains some ten points rather than the default's twenty, and the last ones less.
POLICY = """\
[campaign]
candidates = 12

[experiment]
planned_effect = 0.08
repeats = 2
"""


@dataclass(frozen=True, kw_only=True)
class LoopSeed:
    """What one seed came to: ``strengths`` as planted, the runs and seconds of the loop, and what it promoted.

    ``gain`` and those of ``hand_made`` are mean paired differences of the score over groups of the sealed split.
    """

    seed: int
    strengths: Mapping[str, float]
    runs: int
    seconds: float
    gain: float
    hand_made: Mapping[str, float]
    promoted: tuple[str, ...]


def kept_runs_of() -> str:
    """A name for all that the loop's runs depend on: what it puts in harnesses as well."""
    return digest_of((*OF_A_RUN, "middleware"))


def strengths_of(seed: int) -> Mapping[str, float]:
    """All six weaknesses; which is how strong is drawn by the seed."""
    drawn = random.Random(f"strengths {seed}").sample(STRENGTHS, k=len(STRENGTHS))
    return dict(zip(WEAKNESSES, drawn, strict=True))


def loop_settings(seed: int) -> Settings:
    """What ``optimize`` is given, and anybody may: how long it goes on, and that it promotes by itself."""
    return Settings(suite=SUITE, seed=seed, autonomy="autonomous", open_sealed=True, rounds=10, patience=8)


def run_loop(seed: int, work: Path, observer: Observer) -> LoopSeed:
    """Run what ``work`` does not hold yet: an interrupted seed goes on where it stood."""
    folder = work / f"loop-{kept_runs_of()}" / str(seed)
    kept = folder / "seed.json"
    if kept.is_file():
        return LoopSeed(**json.loads(kept.read_text(encoding="utf-8")))
    harness = folder / "harness"
    if not (harness / ".git").exists():
        tree = {**coder_template(), POLICY_PATH: POLICY.encode()}
        HarnessRepository.init(harness, tree, "Start the harness")
    project = open_project(harness)
    outputs = Outputs(result=folder / "result.json", report=folder / "report.html")
    profile = profile_of(strengths_of(seed))
    with working(project):
        document = optimize(project, loop_settings(seed), outputs, observer, model_profile=profile)
    observer.stage("the harnesses side by side on the sealed split")
    with LocalExecutor(folder / "compared", model_profile=profile) as executor:
        gains = _gains(project, seed, document, executor)
    found = LoopSeed(
        seed=seed,
        strengths=strengths_of(seed),
        runs=int(document["runs"]),
        seconds=float(document["seconds"]),
        gain=gains.pop(_LOOP),
        hand_made=gains,
        promoted=tuple(str(row["title"]) for row in document["proposals"] if row["status"] == "promoted"),
    )
    kept.write_text(json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


def mean_gain(tasks: Mapping[str, str], before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """The mean over groups of the mean paired difference; ``tasks`` maps each task to its group."""
    by_group: dict[str, list[float]] = defaultdict(list)
    for task, group in tasks.items():
        by_group[group].append(after[task] - before[task])
    return mean(mean(differences) for differences in by_group.values())


def _gains(project: Project, seed: int, document: Mapping[str, Any], executor: Executor) -> dict[str, float]:
    """The gain of the loop and of each hand-made harness over the start: same tasks, and for each the same seed.

    The runs are apart from the project's own, whose ledger says what was looked at there.
    """
    repository, settings = project.repository, loop_settings(seed)
    suite = open_suite(SUITE, seed=seed, observer=SilentObserver(), project=project)
    chosen = tasks_of(suite, Split.SEALED, per_group=settings.sealed_per_group, seed=seed)
    start, tree = str(document["harness"]["before"]), repository.tree(str(document["harness"]["before"]))
    checkouts = {_START: repository.checkout(start)}
    checkouts[_LOOP] = repository.checkout(str(document["harness"]["after"]))
    for place, (name, edits) in enumerate(hand_made().items()):
        commit = repository.commit_candidate(apply_edits(tree, edits), name, start, f"hand-made-{place}")
        checkouts[name] = repository.checkout(commit)
    scores = {name: _scores(checkout, name, chosen, seed, executor) for name, checkout in checkouts.items()}
    groups = {task.id: task.group for task in chosen}
    return {name: mean_gain(groups, scores[_START], scores[name]) for name in checkouts if name != _START}


def _scores(
    checkout: Checkout, name: str, tasks: Sequence[Task], seed: int, executor: Executor
) -> dict[str, float]:
    requests = {
        f"{name}/{task.id}": RunRequest(
            key=f"{name}/{task.id}",
            checkout=checkout,
            assignment=task.assignment,
            verifier=task.verifier,
            seed=derive_seed(seed, "sealed", task.id),
        )
        for task in tasks
    }
    found = {result.key: result.score for result in executor.run(requests.values())}
    return {task.id: found[f"{name}/{task.id}"] for task in tasks}
