"""False promotions by dealing one harness's runs out into two arms."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gate.verdict import Claim
from flywheel.relabelling import Dealing, all_false_promotions, false_promotions, upper_bound


def pool(tasks: int, runs: int, *, seed: int = 1) -> dict[str, list[float]]:
    """Runs of tasks whose pass rates are spread evenly."""
    generator = np.random.default_rng(seed)
    return {
        f"g{task:02}": list((generator.random(runs) < generator.random()).astype(float))
        for task in range(tasks)
    }


def groups_of(scores: dict[str, list[float]]) -> dict[str, str]:
    """Each task its own group."""
    return {task: task for task in scores}


@pytest.mark.parametrize("claim", ["groups", "suite"])
def test_a_noisy_harness_is_hardly_ever_promoted_over_itself(claim: Claim) -> None:
    """At a nominal 5 % not in more than 5 % of four hundred experiments, whatever the tasks are like."""
    scores = pool(60, 6)
    dealing = Dealing(claim=claim, effect=0.2, threshold=20.0, experiments=400)

    found = false_promotions(scores, groups_of(scores), dealing)

    assert found is not None
    assert found.repeats == (1 if claim == "groups" else 3)
    assert found.promoted <= 20
    assert found.upper95 > found.promoted / 400


def test_a_threshold_that_is_too_low_is_seen() -> None:
    """The promotions come from the rule itself: at a threshold of 2 there are many."""
    scores = pool(60, 6)

    found = false_promotions(
        scores, groups_of(scores), Dealing(claim="groups", effect=0.2, threshold=2.0, experiments=200)
    )

    assert found is not None
    assert 0.2 < found.promoted / 200 < 0.5


def test_a_task_that_lost_a_run_is_left_out() -> None:
    """One broken run costs its task and not a repeat of all others."""
    scores = pool(30, 6)
    scores["g00"] = scores["g00"][:2]

    found = false_promotions(
        scores, groups_of(scores), Dealing(claim="suite", effect=0.2, threshold=20.0, experiments=200)
    )

    assert found is not None
    assert found.repeats == 3


def test_too_small_a_pool_tells_nothing() -> None:
    """Two runs of a task are no measure of its noise."""
    scores = pool(30, 2)

    assert (
        all_false_promotions(scores, groups_of(scores), [Dealing(claim="groups", effect=0.2, threshold=20.0)])
        == ()
    )


def test_the_bound_of_nothing_in_200_is_one_and_a_half_percent() -> None:
    """As in the tables of Clopper and Pearson."""
    assert upper_bound(0, 200) == pytest.approx(0.0149, abs=1e-4)
    assert upper_bound(200, 200) == 1.0
