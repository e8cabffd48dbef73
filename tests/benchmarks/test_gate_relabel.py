"""A/A by relabelling: nothing is there, and the gate finds nothing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.errors import PlanError
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.relabel import relabelled_differences
from benchmarks.gate.replay import replay
from benchmarks.gate.verdict import Claim

GENERATOR = np.random.default_rng(14)
POOL = {
    f"g{task // 2:02}/m{task % 2}": [float(score) for score in GENERATOR.random(8) < rate]
    for task, rate in enumerate(GENERATOR.beta(0.5, 0.5, size=60))
}
GROUPS = {task: task.partition("/")[0] for task in POOL}


@pytest.mark.parametrize(("claim", "bets"), [("suite", 120), ("groups", 30)])
def test_a_harness_is_hardly_ever_promoted_over_itself(claim: Claim, bets: int) -> None:
    """Two hundred experiments at 5 %: at most ten, and no effect on average."""
    drawn = relabelled_differences(POOL, groups=GROUPS, claim=claim, repeats=2, experiments=200, seed=1)
    start = Evidence.start(effect=0.15, discordance=0.25, threshold=20.0)

    assert drawn.shape == (200, bets)
    assert abs(drawn.mean()) < 0.02
    assert 200 * replay(start, drawn).share(Stop.REACHED) <= 10


def test_the_runs_of_a_task_are_dealt_out_and_none_twice() -> None:
    """Four runs, two pairs: what one arm has the other has not."""
    pool = {"a": [0.0, 0.1, 0.3, 0.9]}
    drawn = relabelled_differences(pool, groups={"a": "a"}, claim="suite", repeats=2, experiments=50, seed=2)
    possible = {round(abs(x - y), 6) for x in pool["a"] for y in pool["a"] if x != y}

    assert {round(abs(float(value)), 6) for value in drawn.ravel()} <= possible


def test_a_pool_that_is_too_small_is_refused() -> None:
    """Each pair needs two runs."""
    with pytest.raises(PlanError, match="task a has 3 runs; 4 are needed"):
        relabelled_differences(
            {"a": [1.0] * 3}, groups={"a": "a"}, claim="suite", repeats=2, experiments=1, seed=1
        )
