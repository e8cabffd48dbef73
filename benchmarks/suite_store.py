"""Finds a suite by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.errors import SuiteError
from benchmarks.imports.keeping.store import ImportStore
from benchmarks.splits import assign_splits
from benchmarks.suite_cache import default_cache
from benchmarks.suites.humaneval_repair.assembly import NAME as HUMANEVAL
from benchmarks.suites.humaneval_repair.generation import Progress
from benchmarks.suites.workshop.source import NAME as WORKSHOP
from benchmarks.suites.workshop.source import Workshop
from benchmarks.task import Split, Suite
from harness.sandbox import Sandbox

__all__ = ["default_cache", "load_suite", "own_suites", "suite_descriptions", "suite_names"]


def suite_names(cache: Path | None = None) -> tuple[str, ...]:
    """The names that ``load_suite`` takes: our own, and those imported below ``cache`` (default: the user's)."""
    return tuple(sorted({*_loaders(), *_imported(cache).names()}))


def own_suites() -> tuple[str, ...]:
    """The names that no imported suite can have."""
    return tuple(sorted(_loaders()))


def suite_descriptions(cache: Path | None = None) -> Mapping[str, str]:
    """What each suite is, in a sentence, by name."""
    store = _imported(cache)
    imported = {name: known.description for name in store.names() if (known := store.find(name))}
    return {
        **imported,
        HUMANEVAL: "repair seeded bugs in the HumanEval problems' solutions; splits mine, gate and sealed",
        WORKSHOP: "six small projects, closer to real work; for running and analysing, no held-out splits",
    }


def load_suite(
    name: str, *, seed: int, cache: Path, sandbox: Sandbox, progress: Progress | None = None
) -> Suite:
    """Load a suite with its splits; the same seed gives the same tasks.

    What must be generated runs in ``sandbox``, is told to ``progress`` (done, total) and is kept under
    ``cache``. Splits depend on the suite's name and never on the seed, so that a group that was sealed
    stays so. Imported suites are the same for every seed. Raises ``SuiteError``, which names the choices.
    """
    loader = _loaders().get(name)
    if loader is not None:
        return loader(seed, cache, sandbox, progress)
    store = _imported(cache)
    if name not in store.names():
        raise SuiteError(f"there is no suite {name!r}; choose one of {', '.join(suite_names(cache))}")
    return store.load(name)


def _imported(cache: Path | None) -> ImportStore:
    return ImportStore(cache or default_cache())


_Loader = Callable[[int, Path, Sandbox, Progress | None], Suite]


def _loaders() -> Mapping[str, _Loader]:
    return {HUMANEVAL: _humaneval_repair, WORKSHOP: _workshop}


def _humaneval_repair(seed: int, cache: Path, sandbox: Sandbox, progress: Progress | None) -> Suite:
    from benchmarks.suites.humaneval_repair.problem import all_problems  # noqa: PLC0415 -- reads the data set
    from benchmarks.suites.humaneval_repair.source import HumanEvalRepair  # noqa: PLC0415

    source = HumanEvalRepair(
        problems=all_problems(), seed=seed, cache=cache, sandbox=sandbox, progress=progress
    )
    tasks = tuple(source.tasks())
    return Suite(
        name=HUMANEVAL, tasks=tasks, splits=assign_splits((task.group for task in tasks), key=HUMANEVAL)
    )


def _workshop(_seed: int, _cache: Path, _sandbox: Sandbox, _progress: Progress | None) -> Suite:
    tasks = tuple(Workshop().tasks())
    return Suite(name=WORKSHOP, tasks=tasks, splits=dict.fromkeys((task.group for task in tasks), Split.MINE))
