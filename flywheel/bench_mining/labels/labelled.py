"""Runs with labels, and what a detector's answers come to against them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzers.detectors import default_detectors, detect_all
from flywheel.bench_mining.labels.intervals import Interval, wilson
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """Which detectors should see what a label says: any one of them is enough. ``reason`` says why they fit."""

    detectors: tuple[str, ...]
    label: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DetectorFigure:
    """A detector (or several, any of which is enough) against one label of one set; the unit is a run.

    Intervals are Wilson's, of 95 %. With few runs they are wide: such a set is reported, not judged.
    """

    dataset: str
    detectors: tuple[str, ...]
    label: str
    reason: str
    right: int
    wrong: int
    missed: int
    silent: int
    precision: float
    precision_interval: Interval
    recall: float
    recall_interval: Interval


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How often a detector fires in failing and in passing runs of a set, as far as people or tests judged them."""

    dataset: str
    detector: str
    failing: int
    of_failing: int
    passing: int
    of_passing: int


def seen_in(runs: Sequence[Run]) -> dict[str, frozenset[str]]:
    """The names of the detectors that fire in each run, by its id."""
    signals = detect_all(runs, default_detectors())
    found: dict[str, set[str]] = {run.run_id: set() for run in runs}
    for signal in signals:
        found[signal.run_id].add(signal.detector)
    return {run_id: frozenset(names) for run_id, names in found.items()}


def figure_of(
    dataset: str,
    mapping: Mapping,
    runs: Sequence[Run],
    seen: dict[str, frozenset[str]],
    is_so: Callable[[Run], bool],
) -> DetectorFigure:
    """What the detectors of a mapping come to against a label; ``is_so`` tells the label of a run."""
    pairs = [(bool(seen[run.run_id].intersection(mapping.detectors)), is_so(run)) for run in runs]
    right, wrong = pairs.count((True, True)), pairs.count((True, False))
    missed = pairs.count((False, True))
    return DetectorFigure(
        dataset=dataset,
        detectors=mapping.detectors,
        label=mapping.label,
        reason=mapping.reason,
        right=right,
        wrong=wrong,
        missed=missed,
        silent=pairs.count((False, False)),
        precision=right / max(1, right + wrong),
        precision_interval=wilson(right, right + wrong),
        recall=right / max(1, right + missed),
        recall_interval=wilson(right, right + missed),
    )


def rates_of(
    dataset: str, runs: Sequence[Run], seen: dict[str, frozenset[str]], has_failed: Callable[[Run], bool]
) -> tuple[Rate, ...]:
    """How often each detector fires in failing and in passing runs."""
    failing = [run for run in runs if has_failed(run)]
    passing = [run for run in runs if not has_failed(run)]
    return tuple(
        Rate(
            dataset=dataset,
            detector=detector.name,
            failing=sum(detector.name in seen[run.run_id] for run in failing),
            of_failing=len(failing),
            passing=sum(detector.name in seen[run.run_id] for run in passing),
            of_passing=len(passing),
        )
        for detector in default_detectors()
    )
