"""Mines the runs of each seed as a round of the wheel does, and judges what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from analyzers.analysts.playbook import Playbook
from analyzers.detectors import default_detectors, detect_all
from analyzers.mine_view import RunsView
from analyzers.observing import observe_all
from analyzers.patterns import find_patterns
from analyzers.quality import sift
from flywheel.bench_mining.planted.matching import CHOICES, FoundPattern, SeedFigures, seed_figures
from flywheel.bench_mining.planted.running import SeedRuns, run_seed
from flywheel.bench_mining.planted.truth import planted


def measure_seeds(seeds: Sequence[int], work: Path, *, in_flight: int = 2) -> Iterator[SeedFigures]:
    """One seed after another; runs that ``work`` holds are not run again."""
    for seed in seeds:
        yield measured(run_seed(seed, work, in_flight=in_flight))


def measured(runs: SeedRuns) -> SeedFigures:
    """Mine the runs of a seed and judge the patterns."""
    return seed_figures(
        runs.seed,
        planted(runs.seed),
        runs.failures,
        tuple(patterns_of(runs)),
        runs=len(runs.runs),
    )


def patterns_of(runs: SeedRuns) -> Iterator[FoundPattern]:
    """The patterns with the remedies that the playbook proposes against them, for the harness that ran."""
    sifted = sift(runs.runs)
    detectors = default_detectors()
    signals = detect_all(sifted.kept, detectors)
    observations = observe_all(sifted.kept, signals, detectors)
    view = RunsView(sifted.kept)
    for pattern in find_patterns(observations, judged=sifted.rests_on_outcomes).patterns:
        finding = Playbook().diagnose(pattern, view, runs.tree)
        yield FoundPattern(
            mechanism=pattern.signature.mechanism,
            runs=frozenset(pattern.run_ids),
            remedies=tuple(proposal.remedy for proposal in finding.proposals[:CHOICES]),
        )
