"""How the growth of clustering is measured."""

from __future__ import annotations

import random

from analyzers.detectors import default_detectors
from analyzers.observing import observe_each
from analyzers.testing import observed
from flywheel.bench_mining.scale import grow, measure
from flywheel.bench_mining.transcripts import scripted_run


def test_scripted_runs_fail_in_many_ways() -> None:
    """And detectors see them; the same seed makes the same runs."""
    runs = [scripted_run(number, random.Random(number), task=f"g/t{number % 5}") for number in range(60)]
    seen = list(observe_each(runs, default_detectors()))
    mechanisms = {name for each in seen for name in each.mechanisms}

    assert {"no_verification", "edit_loop", "missing_path"} <= mechanisms
    assert {each.outcome for each in seen} >= {"passed", "failed", "limit_reached"}
    assert runs[:5] == [scripted_run(n, random.Random(n), task=f"g/t{n % 5}") for n in range(5)]


def test_observations_are_made_one_by_one_until_enough_failed() -> None:
    """Each is a run of its own with a task that four share."""
    templates = [observed(1, shows={"loop": (3,)}, words=("a",)), observed(2, "passed")]
    made = list(grow(templates, 50, random.Random(1)))

    assert sum(each.is_failure for each in made) == 50
    assert len({each.run_id for each in made}) == len(made)
    assert all(sighting.signal.run_id == each.run_id for each in made for sighting in each.sightings)
    assert len({each.task for each in made}) >= len(made) // 4


def test_a_small_size_is_measured() -> None:
    """Time, memory, patterns, placing."""
    found = measure(120, seed=1, resample=False, templates=60)

    assert found.failing == 120
    assert found.patterns > 0
    assert found.memory_mb > 0
    assert 0 < found.place_ms < 1000
    assert 0 < found.place_cpu_ms < 1000
