"""The share of a gain, with an interval over seeds."""

from __future__ import annotations

import random

import pytest

from flywheel.bench_mining.loop.ratio import ratio_of_gains


def test_a_share_that_is_the_same_for_all_seeds_is_certain() -> None:
    """However much the gains themselves differ."""
    found = ratio_of_gains([0.4, 0.2, 0.3], [0.5, 0.25, 0.375])

    assert found is not None
    assert found.value == pytest.approx(0.8)
    assert found.interval == pytest.approx((0.8, 0.8))


def test_gains_are_added_up_before_they_are_divided() -> None:
    """A seed on which little is possible counts little."""
    found = ratio_of_gains([0.5, 0.0], [0.5, 0.01])

    assert found is not None
    assert found.value == pytest.approx(0.5 / 0.51)


def test_without_a_possible_gain_there_is_no_share() -> None:
    """And with one seed no interval."""
    assert ratio_of_gains([0.1], [0.0]) is None
    one = ratio_of_gains([0.1], [0.2])
    assert one is not None
    assert one.interval is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """With five seeds, in about 95 of 100 cases."""
    draw, held = random.Random(5), 0
    for _ in range(1000):
        most = [draw.gauss(0.5, 0.06) for _ in range(5)]
        found = ratio_of_gains([0.8 * each + draw.gauss(0, 0.05) for each in most], most)
        assert found is not None
        assert found.interval is not None
        held += found.interval[0] <= 0.8 <= found.interval[1]

    assert 0.92 <= held / 1000 <= 0.98
