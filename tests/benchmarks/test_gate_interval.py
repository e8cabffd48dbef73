"""The interval that inverts the test: its sign, its coverage, its behaviour at the edges."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gate.e_process import planned_bets
from benchmarks.gate.evidence import Evidence
from benchmarks.gate.interval import RunningInterval
from tests.examples import examples

BETS = planned_bets(0.2, 0.24)


def test_nothing_is_refuted_before_the_first_bet() -> None:
    """The interval starts as everything that is possible."""
    interval = RunningInterval.start(BETS, 160.0)

    assert (interval.lower, interval.upper) == (-1.0, 1.0)


@settings(deadline=None, max_examples=examples(40))
@given(
    differences=st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.0, 0.25, 1.0, 1.0]), min_size=1, max_size=30),
    threshold=st.sampled_from([2.0, 20.0, 160.0]),
)
def test_the_lower_bound_is_above_zero_exactly_when_the_wealth_reached_the_threshold(
    differences: list[float], threshold: float
) -> None:
    """The bound and the promotion are one test, at every look and for every sequence."""
    evidence = Evidence.start(effect=0.2, discordance=0.24, threshold=threshold)
    interval = RunningInterval.start(BETS, threshold)
    has_reached = was_worse = False
    for difference in differences:
        evidence, interval = evidence.after(difference), interval.after(difference)
        has_reached = has_reached or evidence.wealth >= threshold
        was_worse = was_worse or evidence.worse.wealth >= max(threshold, 400.0)

        assert (interval.lower > 0.0) is has_reached
        if not has_reached:
            assert (interval.upper < 0.0) is was_worse


def test_a_wealth_exactly_at_the_threshold_counts_as_reached() -> None:
    """The edge where promotion and bound could disagree."""
    first = RunningInterval.start(BETS, 160.0).after(1.0)
    interval = RunningInterval.start(BETS, first.rising.wealth).after(1.0)

    assert 0.0 < interval.lower < 1e-6


def test_the_interval_never_widens() -> None:
    """What was refuted once stays refuted."""
    interval = RunningInterval.start(BETS, 20.0)
    widths = []
    for difference in [1.0, 1.0, 0.0, -1.0, -1.0, 1.0, 0.0, 1.0]:
        interval = interval.after(difference)
        widths.append(interval.upper - interval.lower)

    assert widths == sorted(widths, reverse=True)


def test_the_interval_mirrors_for_mirrored_differences() -> None:
    """A loss for one side is a win for the other, at a threshold that is that of both ends."""
    seen = [1.0, 0.0, 0.5, 1.0, -1.0, 1.0]
    upright, mirrored = RunningInterval.start(BETS, 400.0), RunningInterval.start(BETS, 400.0)
    for difference in seen:
        upright, mirrored = upright.after(difference), mirrored.after(-difference)

    assert (mirrored.lower, mirrored.upper) == pytest.approx((-upright.upper, -upright.lower))


@pytest.mark.parametrize(("mean", "discordance"), [(0.0, 0.24), (0.2, 0.24), (0.5, 0.6), (-0.2, 0.3)])
def test_the_interval_covers_the_truth_at_all_looks(mean: float, discordance: float) -> None:
    """With 40 looks, at most 5 % of experiments ever exclude the truth (and a margin for the simulation)."""
    generator = random.Random(f"{mean}/{discordance}")
    missed = sum(not covers_always(generator, mean, discordance) for _ in range(60))

    assert missed <= 6  # P(Binomial(60, 0.05) > 6) is 3 %; the seed is fixed


@pytest.mark.parametrize(("threshold", "upper"), [(20.0, 400.0), (160.0, 400.0), (800.0, 800.0)])
def test_the_upper_end_errs_at_most_once_in_400_and_never_more_than_the_lower(
    threshold: float, upper: float
) -> None:
    """The lower end has the test's own share, which at one candidate is all of the 5 %."""
    interval = RunningInterval.start(BETS, threshold)
    wide = RunningInterval.start(BETS, upper)
    for _ in range(30):
        interval, wide = interval.after(-1.0), wide.after(-1.0)

    assert interval.upper_threshold == upper
    assert interval.upper == wide.upper < 0.0


def covers_always(generator: random.Random, mean: float, discordance: float) -> bool:
    interval = RunningInterval.start(BETS, 20.0)
    weights = [(discordance + mean) / 2, (discordance - mean) / 2, 1 - discordance]
    for difference in generator.choices([1.0, -1.0, 0.0], weights, k=40):
        interval = interval.after(difference)
    return interval.lower <= mean <= interval.upper  # it never widens: the last look tells of all


@settings(deadline=None, max_examples=examples(40))
@given(
    differences=st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.0, 0.0, 1.0]), min_size=1, max_size=40),
    margin=st.sampled_from([0.02, 0.1, 0.3]),
)
def test_the_lower_bound_is_above_the_margin_exactly_when_the_candidate_is_safe(
    differences: list[float], margin: float
) -> None:
    """Non-inferiority and its bound are one test, at every look."""
    evidence = Evidence.start(effect=0.0, discordance=0.2, threshold=3.0, margin=margin)
    interval = RunningInterval.start(evidence.better.bets, 3.0, null=-margin)
    has_reached = False
    for difference in differences:
        evidence, interval = evidence.after(difference), interval.after(difference)
        has_reached = has_reached or evidence.wealth >= 3.0

        assert (interval.lower > -margin) is has_reached
