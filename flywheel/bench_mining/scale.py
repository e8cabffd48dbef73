"""How clustering grows from a thousand to a hundred thousand failing runs: time, memory, stability, placing one."""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sklearn.metrics import adjusted_rand_score

from analyzers.detectors import default_detectors
from analyzers.observation import Observation, Sighting
from analyzers.observing import observe, observe_each
from analyzers.patterns import find_patterns
from analyzers.patterns.placing import Centres, centres_of, place
from flywheel.bench_mining.transcripts import scripted_run
from traces.run import Run

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
_TEMPLATES = 1_500
_RUNS_OF_A_TASK = 4
_FURTHER_WORDS = 20  # of each run, out of
_VOCABULARY = 30_000
_PLACED = 200


@dataclass(frozen=True, kw_only=True)
class Grown:
    """What clustering ``failing`` runs, among ``runs`` in all, took; ``observe_ms`` is detecting and observing one run.

    ``memory_mb`` is the peak of the process, the observations included. ``stability`` is the adjusted Rand index of the
    clusterings of two samples of four fifths, over the failing runs in both. ``place_ms`` is the 95th percentile of
    detecting, observing and placing one run, ``place_cpu_ms`` the same by the time that the process had a core, which
    other work on the machine hardly changes.
    """

    failing: int
    runs: int
    seconds: float
    memory_mb: float
    patterns: int
    unexplained: int
    observe_ms: float
    place_ms: float
    place_cpu_ms: float
    stability: float | None


def figures(sizes: Sequence[int] = SIZES, *, seed: int = 1) -> dict[str, object]:
    """Each size measured in a process of its own; those of the largest under the names that the plan gives them."""
    grown = [_in_a_process(size, seed) for size in sizes]
    largest = grown[-1]
    name = f"{sizes[-1] // 1000}k"
    stable = [found["stability"] for found in grown if found["stability"] is not None]
    return {
        f"cluster_{name}_seconds": largest["seconds"],
        f"cluster_{name}_memory_mb": largest["memory_mb"],
        "place_one_ms": largest["place_ms"],
        "place_one_cpu_ms": largest["place_cpu_ms"],
        "stability_rand": min(stable, default=None),
        "growth": grown,
    }


def measure(failing: int, *, seed: int, resample: bool, templates: int = _TEMPLATES) -> Grown:
    """Make so many failing runs, with the passing ones beside them, and cluster them, in this process."""
    draw = random.Random(seed)
    made, observe_seconds = _templates(templates, draw)
    observations = tuple(grow(made, failing, draw))
    begin = time.perf_counter()
    found = find_patterns(observations)
    seconds = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stability = round(_stability(observations, draw), 4) if resample else None
    centres, runs = centres_of(found.patterns, observations), len(observations)
    del observations, made  # who places one run has not got all the others in memory
    gc.collect()
    placed = _place_ms(centres, draw)
    return Grown(
        failing=failing,
        runs=runs,
        seconds=round(seconds, 2),
        memory_mb=round(memory, 1),
        patterns=len(found.patterns),
        unexplained=len(found.unexplained),
        observe_ms=round(1000 * observe_seconds, 2),
        place_ms=round(placed[0], 2),
        place_cpu_ms=round(placed[1], 2),
        stability=stability,
    )


def grow(templates: Sequence[Observation], failing: int, draw: random.Random) -> Iterator[Observation]:
    """Observations like the templates until so many have failed, each of a task of its own four and with further words."""
    number = count = 0
    while count < failing:
        template = draw.choice(templates)
        number += 1
        count += template.is_failure
        yield _variation(template, number, draw)


def _variation(template: Observation, number: int, draw: random.Random) -> Observation:
    task = number // _RUNS_OF_A_TASK
    run_id = f"{number:032x}"
    kept = [word for word in template.words if draw.random() < 0.9]
    further = [sys.intern(f"name{int(_VOCABULARY ** draw.random())}") for _ in range(_FURTHER_WORDS)]
    return replace(
        template,
        run_id=run_id,
        task=f"grown/G{task // 3}/t{task}",
        repository=f"G{task // 3}",
        words=tuple(dict.fromkeys((*kept, *further))),
        sightings=tuple(
            Sighting(
                signal=replace(sighting.signal, run_id=run_id), steps=sighting.steps, needed=sighting.needed
            )
            for sighting in template.sightings
        ),
    )


def _templates(count: int, draw: random.Random) -> tuple[tuple[Observation, ...], float]:
    """Observations of whole runs, made one by one, and the seconds that detecting and observing took for each."""
    detectors = default_detectors()
    runs = [_run(number, draw) for number in range(count)]
    begin = time.perf_counter()
    found = tuple(observe_each(runs, detectors))
    return found, (time.perf_counter() - begin) / len(runs)


def _run(number: int, draw: random.Random) -> Run:
    return scripted_run(number, draw, task=f"scripted/G{number % 60}/t{number % 180}")


def _place_ms(centres: Centres, draw: random.Random) -> tuple[float, float]:
    """The 95th percentiles of the time that passed and of the time on a core."""
    detectors = default_detectors()
    times, on_core = [], []
    for number in range(_PLACED):
        run = _run(10**9 + number, draw)
        begin, begin_on_core = time.perf_counter(), time.process_time()
        signals = [signal for detector in detectors for signal in detector.detect(run)]
        place(observe(run, signals, detectors), centres)
        on_core.append(1000 * (time.process_time() - begin_on_core))
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.quantiles(times, n=20)[-1], statistics.quantiles(on_core, n=20)[-1]


def _stability(observations: Sequence[Observation], draw: random.Random) -> float:
    first, second = (_primary([seen for seen in observations if draw.random() < 0.8]) for _ in range(2))
    both = sorted(first.keys() & second.keys())
    return float(adjusted_rand_score([first[run_id] for run_id in both], [second[run_id] for run_id in both]))


def _primary(observations: Sequence[Observation]) -> dict[str, str]:
    """The pattern of each failing run; empty for the remainder."""
    found = find_patterns(observations)
    held = {run_id: pattern.id for pattern in found.patterns for run_id in pattern.run_ids}
    return held | dict.fromkeys(found.unexplained, "")


def _in_a_process(size: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "flywheel.bench_mining.scale", "--one", str(size), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m flywheel.bench_mining.scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of failing runs")
    parser.add_argument("--one", type=int, help="measure this size in this process")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.one:
        found: object = asdict(measure(options.one, seed=options.seed, resample=options.one <= 10_000))
    else:
        found = figures(options.sizes, seed=options.seed)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
