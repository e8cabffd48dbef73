"""Mining the runs of a seed, and real runs of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from flywheel.bench_mining.planted.matching import CHOICES
from flywheel.bench_mining.planted.measuring import measured, patterns_of
from flywheel.bench_mining.planted.running import SeedRuns, own_seed, requests_of, twin_key
from flywheel.bench_mining.planted.truth import coded, model_of, planted, shown
from flywheel.bench_mining.transcripts import scripted_run
from harness.local_executor import LocalExecutor
from harness.runs import RunRequest
from harness.template import coder_template

SEED = 1


def test_patterns_come_with_the_remedies_of_the_first_proposals() -> None:
    """As a round of the wheel mines them, for the harness that ran; without any failure there are none."""
    runs = tuple(scripted_run(n, random.Random(n), task=f"g/t{n % 6}") for n in range(120))
    seed_runs = SeedRuns(seed=SEED, runs=runs, tree=coder_template(), failures={})
    found = {pattern.mechanism: pattern for pattern in patterns_of(seed_runs)}
    passing = tuple(run for run in runs if run.outcome == "passed")

    assert "loop_detection" in found["oscillation"].remedies
    assert all(len(pattern.remedies) <= CHOICES for pattern in found.values())
    assert not list(patterns_of(replace(seed_runs, runs=passing)))
    assert measured(replace(seed_runs, runs=passing)).patterns == 0


def _unshown(requests: Iterator[RunRequest]) -> Iterator[tuple[RunRequest, RunRequest]]:
    """Runs that lack a planted weakness, each beside itself with that weakness off."""
    for request in requests:
        own = own_seed(request)
        for name in sorted(planted(SEED).keys() - shown(SEED, own)):
            off = frozenset([name])
            yield request, replace(request, key=twin_key(request.key, off), seed=coded(SEED, own, off))


@pytest.mark.slow
def test_a_weakness_that_a_run_has_not_makes_no_difference_to_it(tmp_path: Path) -> None:
    """So its twin without that weakness need not be run: what it says and does, steps, time and outcome are the same."""
    pairs = list(islice(_unshown(requests_of(SEED, tmp_path / "harness", 1)), 6))
    with LocalExecutor(tmp_path / "segments", model_factory=model_of) as executor:
        results = {r.key: r for r in executor.run({q.key: q for pair in pairs for q in pair}.values())}

    assert len(pairs) == 6
    for request, twin in pairs:
        one, other = results[request.key], results[twin.key]
        assert one.digest == other.digest
        assert (one.outcome, one.steps, one.seconds) == (other.outcome, other.steps, other.seconds)
