"""Where nothing distinguishes failures from passes, no pattern is found; where something does, it is."""

from __future__ import annotations

import random
from dataclasses import replace

from analyzers.detectors import default_detectors
from analyzers.observation import Observation
from analyzers.patterns import find_patterns
from analyzers.testing import observed

TASKS, REPEATS = 30, 4
NAMES = [detector.name for detector in default_detectors()]


def chance_runs(draw: random.Random, *, planted: float = 0.0) -> list[Observation]:
    """Tasks of all difficulties, each run four times; detectors fire at their own rates, on hard tasks more often.

    Whatever becomes of the run: but ``planted`` is how much more often one of them fires in failures than in passes.
    """
    rates = {name: draw.uniform(0.05, 0.7) for name in NAMES}
    runs = []
    for task in range(TASKS):
        difficulty, tilt = draw.random(), draw.uniform(0.5, 1.4)
        for repeat in range(REPEATS):
            outcome = "failed" if draw.random() < difficulty else "passed"
            shown = {name: (9,) for name in NAMES if draw.random() < rates[name] * tilt}
            if draw.random() < (0.2 + planted if outcome == "failed" else 0.2):
                shown["planted"] = (9,)
            runs.append(observed(task * REPEATS + repeat, outcome, task=f"t{task}", shows=shown))
    return runs


def test_noise_hardly_ever_becomes_a_pattern() -> None:
    """Over thirty seeds and more than twenty detectors: the bound is corrected for their number."""
    false = sum(bool(find_patterns(chance_runs(random.Random(seed))).patterns) for seed in range(30))

    assert false <= 2


def test_noise_over_many_kinds_of_causes_is_noise() -> None:
    """Each cause is another chance to be fooled, and counted as one."""
    false = 0
    for seed in range(16):
        draw = random.Random(seed)
        runs = chance_runs(draw)
        causes = ("failed", "timed_out", "limit_reached")
        spread = [replace(run, cause=draw.choice(causes)) if run.is_failure else run for run in runs]
        false += bool(find_patterns(spread).patterns)

    assert false <= 2


def test_a_planted_mechanism_is_found_among_the_noise() -> None:
    """It marks 80 % of the failures and 20 % of the passes; with 120 runs it is found in at least nine of ten."""
    hits = 0
    for seed in range(20):
        found = find_patterns(chance_runs(random.Random(seed), planted=0.6)).patterns
        hits += any(p.signature.mechanism == "planted" and p.contrast.basis == "task" for p in found)

    assert hits >= 18
