"""The parts of the benchmark, each of which can be measured by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flywheel.bench_mining import agreement, scale
from flywheel.bench_mining.labels import detector_figures, labelled_folder, repetition_figures
from flywheel.bench_mining.loop.figures import loop_figures
from flywheel.bench_mining.loop.measuring import run_loop
from flywheel.bench_mining.planted.figures import planted_figures
from flywheel.bench_mining.planted.measuring import measure_seeds
from flywheel.observer import Observer


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured: seeds of the planted weaknesses and of the loop, numbers of failing runs, and draws."""

    planted: tuple[int, ...]
    loop: tuple[int, ...]
    scale: tuple[int, ...]
    draws: int


FULL = Size(
    planted=(*range(1001, 1006), *range(2001, 2045)), loop=(1, 2, 3, 4, 5), scale=scale.SIZES, draws=1000
)
QUICK = Size(planted=(1, 2), loop=(), scale=(1_000,), draws=50)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to measure with: ``work`` keeps runs, ``data`` is the folder of labelled sets where one was named."""

    size: Size
    work: Path
    data: Path | None
    observer: Observer
    seeds: tuple[int, ...] = ()


def planted(plan: Plan) -> dict[str, Any]:
    """Weaknesses planted, found or not."""
    seeds = plan.seeds or plan.size.planted
    found = []
    for figures in measure_seeds(seeds, plan.work):
        found.append(figures)
        plan.observer.progress(len(found), len(seeds), _of_seed(figures.instances))
    return planted_figures(found)


def loop(plan: Plan) -> dict[str, Any]:
    """The whole loop against hand-made harnesses; nothing where no seed is asked for."""
    seeds = plan.seeds or plan.size.loop
    return loop_figures([run_loop(seed, plan.work, plan.observer) for seed in seeds]) if seeds else {}


def labels(plan: Plan) -> dict[str, Any]:
    """Detectors against labels; raises ``NoLabelledDataError`` where there are none."""
    folder = labelled_folder(plan.data)
    repetition = asdict(repetition_figures(folder))
    return {
        "repetition_f1": repetition["repetition_f1"],
        "identical_call_f1": repetition["identical_call_f1"],
        "repetition": repetition,
        "detectors": asdict(detector_figures(folder)),
    }


def growth(plan: Plan) -> dict[str, Any]:
    """Time and memory of clustering as runs grow in number."""
    return scale.figures(plan.size.scale)


def agreements(plan: Plan) -> dict[str, Any]:
    """Clusters against labels; raises ``NoLabelledDataError`` where there are none."""
    measured = list(agreement.sets(labelled_folder(plan.data), draws=plan.size.draws))
    return {**agreement.figures_of(measured), "agreement_caveats": [*CAVEATS, *below_baseline(measured)]}


def below_baseline(measured: Sequence[agreement.Agreement]) -> list[str]:
    """Says of which sets the clusters surely agree less with the labels than the baseline's do."""
    return [
        f"on {each.name} plain TF-IDF + k-means agrees better with the labels"
        for each in measured
        if each.judged and each.difference_interval[1] < 0
    ]


CAVEATS = (
    "settings of the clustering were chosen with two of these sets in view: they are no fresh test of it",
    "labels of swebench-pro-error-analysis come from a model, and there are rationales only, no trajectories",
    "sets of fewer than 100 runs are reported and not judged: chance alone agrees well with labels there",
)

PARTS: Mapping[str, Callable[[Plan], dict[str, Any]]] = MappingProxyType(
    {"planted": planted, "labels": labels, "agreement": agreements, "scale": growth, "loop": loop}
)


def _of_seed(instances: Sequence[Any]) -> str:
    counted = [each for each in instances if each.counts]
    return f"{sum(each.is_found for each in counted)} of {len(counted)} found"
