"""The runs of one seed: the mine split twice per task, then each failing run again with a weakness off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.batch import Batch
from flywheel.bench_mining.planted.failure import Failure
from flywheel.bench_mining.planted.truth import coded, model_of, shown
from flywheel.observer import SilentObserver
from flywheel.seeds import derive_seed
from flywheel.suites import open_suite
from harness.edits import Tree
from harness.local_executor import LocalExecutor
from harness.repository import HarnessRepository
from harness.runs import Checkout, RunRequest, RunResult
from harness.template import coder_template
from traces.outcome import Outcome
from traces.read_runs import read_runs
from traces.run import Run

SUITE = "humaneval-repair"
SUITE_SEED = 1
REPEATS = 2
_RUN_SEEDS = 1 << 40
OF_A_RUN = ("harness/simulated", "harness/templates", "benchmarks/suites/humaneval_repair")


@dataclass(frozen=True, kw_only=True)
class SeedRuns:
    """The runs of one seed, of the harness whose ``tree`` proposals are made for, and by run id the ``failures``."""

    seed: int
    runs: tuple[Run, ...]
    tree: Tree
    failures: Mapping[str, Failure]


def run_seed(seed: int, work: Path, *, in_flight: int = 2, repeats: int = REPEATS) -> SeedRuns:
    """Run what is not in ``work`` yet; the same seed gives the same runs."""
    folder = work / f"planted-{digest_of(OF_A_RUN)}" / str(seed)
    requests = list(requests_of(seed, folder / "harness", repeats))
    with LocalExecutor(folder / "segments", in_flight=in_flight, model_factory=model_of) as executor:
        results = {result.key: result for result in executor.run(requests)}
        failing = [request for request in requests if is_failed(results[request.key])]
        again = list(executor.run(twin for request in failing for twin in twins(seed, request)))
    passed = {result.key: result.outcome is Outcome.PASSED for result in again}
    ids = {results[request.key].run_id for request in requests}
    return SeedRuns(
        seed=seed,
        runs=tuple(run for run in read_runs(folder / "segments") if run.run_id in ids),
        tree=coder_template(),
        failures={
            results[request.key].run_id: failure(shown(seed, own_seed(request)), request.key, passed)
            for request in failing
        },
    )


def requests_of(seed: int, folder: Path, repeats: int) -> Iterator[RunRequest]:
    """The runs of a seed: the template, whose repository is made in ``folder``, on one task of each group of ``mine``."""
    suite = open_suite(SUITE, seed=SUITE_SEED, observer=SilentObserver())
    batch = Batch(
        name=f"planted/{seed}",
        suite=suite,
        tasks=tasks_of(suite, Split.MINE, per_group=1, seed=seed),
        checkout=_start(folder),
        repeats=repeats,
        seed=seed,
        in_flight=2,
    )
    for request in batch.requests():
        own = derive_seed(seed, request.key) % _RUN_SEEDS
        yield replace(request, seed=coded(seed, own))


def is_failed(result: RunResult) -> bool:
    """Whether it ended as a failure that is the agent's."""
    return result.outcome.is_scored and result.outcome is not Outcome.PASSED


def twins(seed: int, request: RunRequest) -> Iterator[RunRequest]:
    """The run again: with each of its weaknesses off, and where there are several with all of them off.

    A weakness that it has not makes no difference to it (``truth.shown``).
    """
    own = own_seed(request)
    for off in _switched_off(shown(seed, own)):
        yield replace(request, key=twin_key(request.key, off), seed=coded(seed, own, off))


def failure(shows: frozenset[str], key: str, passed: Mapping[str, bool]) -> Failure:
    """What a failing run owes to what, by the outcomes of its twins."""
    by_off = {off: passed[twin_key(key, off)] for off in _switched_off(shows)}
    return Failure(
        shows=shows,
        owes=frozenset(name for name in shows if by_off[frozenset([name])]),
        alone=not by_off.get(shows, False),
    )


def twin_key(key: str, off: frozenset[str]) -> str:
    """The key of the run ``key`` with these weaknesses off."""
    return f"{key}/without/{'+'.join(sorted(off))}"


def own_seed(request: RunRequest) -> int:
    """The seed of a run without what it is coded with."""
    return request.seed % _RUN_SEEDS


def _switched_off(shows: frozenset[str]) -> list[frozenset[str]]:
    return sorted({*(frozenset([name]) for name in shows), shows} - {frozenset()}, key=sorted)


def _start(folder: Path) -> Checkout:
    known = (folder / ".git").is_dir()
    repository = (
        HarnessRepository.open(folder) if known else HarnessRepository.init(folder, coder_template(), "Start")
    )
    return repository.checkout(repository.current())


def digest_of(places: Sequence[str]) -> str:
    """Of all that a run depends on here: kept runs of another model or suite are not taken for this one's."""
    digest = hashlib.sha256()
    for place in places:
        package, *rest = place.split("/")
        for name, content in _contents(files(package).joinpath(*rest), place):
            digest.update(f"{name}\n".encode() + content)
    return digest.hexdigest()[:12]


def _contents(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _contents(item, f"{name}/{item.name}")
        elif not item.name.endswith(".pyc"):
            yield f"{name}/{item.name}", item.read_bytes()
