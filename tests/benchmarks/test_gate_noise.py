"""Noise of a harness: unbiased, bounded from above, and stated where it was not measured."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from benchmarks.gate.noise import measured_noise, planned_discordance, prior_noise


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_the_estimate_is_unbiased(rate: float) -> None:
    """Over all outcomes of two tasks with three runs each, weighted by their chance: 2p(1-p), exactly."""
    total = 0.0
    for runs in product((0.0, 1.0), repeat=6):
        noise = measured_noise({"a": runs[:3], "b": runs[3:]})
        assert noise is not None
        total += rate ** sum(runs) * (1 - rate) ** (6 - sum(runs)) * noise.mean

    assert total == pytest.approx(2 * rate * (1 - rate))


def test_the_bound_is_above_the_truth_about_four_times_in_five() -> None:
    """Thirty tasks of all kinds, three runs each."""
    generator = np.random.default_rng(6)
    above = 0
    for _ in range(300):
        rates = generator.beta(0.5, 0.5, size=30)
        runs = (generator.random((30, 3)) < rates[:, None]).astype(float)
        noise = measured_noise({str(task): list(scores) for task, scores in enumerate(runs)})
        assert noise is not None
        above += noise.upper >= 0.25  # the mean of 2p(1-p) over this beta distribution

    assert 0.72 <= above / 300 <= 0.9


def test_tasks_that_never_differed_still_leave_some_noise_possible() -> None:
    """The fewer tasks, the more."""
    few = measured_noise({str(task): [1.0] * 3 for task in range(4)})
    many = measured_noise({str(task): [1.0] * 3 for task in range(40)})

    assert few is not None
    assert many is not None
    assert (few.mean, many.mean) == (0.0, 0.0)
    assert 0.1 < few.upper < 0.2
    assert 0.01 < many.upper < 0.03


def test_less_than_three_runs_of_two_tasks_measure_nothing() -> None:
    """Two runs of a task look too quiet too often."""
    assert measured_noise({"a": [1.0, 0.0], "b": [0.0, 1.0], "c": [1.0, 1.0, 0.0]}) is None


def test_a_prior_says_that_it_is_one() -> None:
    """Half of the tasks pass, most of them always."""
    prior = prior_noise(0.5)

    assert (prior.mean, prior.upper, prior.source) == (0.25, 0.375, "prior")


def test_repeats_shrink_the_noise_and_not_the_change() -> None:
    """What changes for good does so in every repeat."""
    assert planned_discordance(0.3, 0.1) == pytest.approx(0.37)
    assert planned_discordance(0.3, 0.1, repeats=3) == pytest.approx(0.19)
    assert planned_discordance(0.0, 0.1, repeats=3) == pytest.approx(0.1)
