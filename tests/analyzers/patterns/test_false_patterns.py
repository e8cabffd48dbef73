"""Where nothing distinguishes failures from passes, no pattern is found; where something does, it is."""

from __future__ import annotations

import random

from analyzers.detectors import default_detectors
from analyzers.observing import observe_all
from analyzers.patterns import find_patterns
from analyzers.signal import Signal
from analyzers.testing import Story
from traces.run import Run

TASKS, REPEATS = 30, 4
NAMES = [detector.name for detector in default_detectors()]


def chance_runs(draw: random.Random) -> list[Run]:
    """Tasks of all difficulties, each run four times."""
    runs = []
    for task in range(TASKS):
        difficulty = draw.random()
        for repeat in range(REPEATS):
            outcome = "failed" if draw.random() < difficulty else "passed"
            runs.append(Story(task * REPEATS + repeat, task=f"t{task}").says("Done.").run(outcome))
    return runs


def signal(run: Run, name: str) -> Signal:
    return Signal(detector=name, run_id=run.run_id, span_ids=(run.spans[0].span_id,), sentence="Seen.")


def noise(runs: list[Run], draw: random.Random) -> list[Signal]:
    """Every detector fires at its own rate, on hard tasks more often, whatever becomes of the run."""
    rates = {name: draw.uniform(0.05, 0.7) for name in NAMES}
    tilt = {run.task: draw.uniform(0.5, 1.4) for run in runs}
    return [
        signal(run, name) for run in runs for name in NAMES if draw.random() < rates[name] * tilt[run.task]
    ]


def test_noise_hardly_ever_becomes_a_pattern() -> None:
    """Over forty seeds and more than twenty detectors: the bound is corrected for their number."""
    false = 0
    for seed in range(40):
        draw = random.Random(seed)
        runs = chance_runs(draw)
        false += bool(find_patterns(observe_all(runs, noise(runs, draw))).patterns)

    assert false <= 4


def test_a_planted_mechanism_is_found_among_the_noise() -> None:
    """It marks 80 % of the failures and 20 % of the passes; with 120 runs it is found in at least nine of ten."""
    hits = 0
    for seed in range(20):
        draw = random.Random(seed)
        runs = chance_runs(draw)
        rate = {run.run_id: 0.8 if run.outcome == "failed" else 0.2 for run in runs}
        planted = [signal(run, "planted") for run in runs if draw.random() < rate[run.run_id]]
        found = find_patterns(observe_all(runs, [*noise(runs, draw), *planted])).patterns
        hits += any(p.signature.mechanism == "planted" and p.contrast.basis == "task" for p in found)

    assert hits >= 18
