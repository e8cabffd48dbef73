"""Many experiments at once end exactly as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.interval import RunningInterval
from benchmarks.gate.power import prospects
from benchmarks.gate.replay import STOPS, ever_refuted, replay
from tests.examples import examples

START = Evidence.start(effect=0.2, discordance=0.24, threshold=40.0)
CURTAILED = START.within(80, effect=0.2, discordance=0.24, chance=0.3)
SAFE = Evidence.start(effect=0.0, discordance=0.2, threshold=20.0, margin=0.1)


def one_by_one(start: Evidence, differences: list[float]) -> tuple[Stop, int, float]:
    evidence, bets = start, 0
    for difference in differences:
        evidence, bets = evidence.after(difference), bets + 1
        if evidence.stop is not None:
            break
    return evidence.stop or Stop.BUDGET, bets, evidence.wealth


@settings(deadline=None, max_examples=examples(60))
@given(
    rows=st.lists(
        st.lists(st.sampled_from([-1.0, -1 / 3, 0.0, 0.0, 0.5, 1.0]), min_size=70, max_size=70),
        min_size=1,
        max_size=4,
    ),
    start=st.sampled_from([START, CURTAILED, SAFE]),
)
def test_each_row_ends_as_the_evidence_does(rows: list[list[float]], start: Evidence) -> None:
    """Same reason, same bet, same wealth, for every row."""
    endings = replay(start, np.array(rows))

    for index, row in enumerate(rows):
        stop, bets, wealth = one_by_one(start, row)
        assert (STOPS[endings.stop[index]], endings.bets[index]) == (stop, bets)
        assert endings.wealth[index] == pytest.approx(wealth)
        assert endings.effect[index] == pytest.approx(sum(row[:bets]) / bets)


def test_what_was_seen_before_counts() -> None:
    """A start that is no beginning goes on from its wealth, and its floors count the bets already made."""
    first, rest = [1.0, 0.0, 0.0, -1.0], [0.0] * 30 + [1.0] * 8
    start = CURTAILED
    for difference in first:
        start = start.after(difference)
    endings = replay(start, np.array([rest]))
    stop, bets, wealth = one_by_one(CURTAILED, first + rest)

    assert STOPS[endings.stop[0]] is stop
    assert endings.bets[0] == bets - len(first)
    assert endings.wealth[0] == pytest.approx(wealth)


def test_shares_agree_with_the_exact_forecast() -> None:
    """Three thousand simulated experiments within their noise of the forecast."""
    draws = np.random.default_rng(3).choice([1.0, -1.0, 0.0], p=[0.22, 0.02, 0.76], size=(3000, 80))
    endings = replay(CURTAILED, draws)
    forecast = prospects(CURTAILED, effect=0.2, discordance=0.24, bets=80)

    assert endings.share(Stop.REACHED) == pytest.approx(forecast.reached, abs=0.03)
    assert endings.share(Stop.HOPELESS) == pytest.approx(forecast.hopeless, abs=0.02)
    assert endings.bets.mean() == pytest.approx(forecast.bets, rel=0.04)


def test_a_mean_is_refuted_exactly_when_the_interval_has_left_it() -> None:
    """For every row, at its last look."""
    draws = np.random.default_rng(4).choice([1.0, -1.0, 0.0], p=[0.3, 0.1, 0.6], size=(30, 40))
    looks = np.arange(10, 40)
    refuted = ever_refuted(START.better, draws, mean=0.1, threshold=5.0, looks=looks)
    for row, bets, is_refuted in zip(draws, looks, refuted, strict=True):
        interval = RunningInterval.start(START.better.bets, 5.0)
        for difference in row[:bets]:
            interval = interval.after(float(difference))

        assert (interval.lower > 0.1) is bool(is_refuted)


def test_no_bets_end_with_the_budget() -> None:
    """Nothing to replay."""
    endings = replay(START, np.zeros((3, 0)))

    assert endings.share(Stop.BUDGET) == 1.0
    assert endings.wealth.tolist() == [1.0] * 3


@pytest.mark.parametrize(("bets", "shown"), [(405, 0.115), (135, 0.15)], ids=["planned", "half of that"])
def test_the_effect_at_stop_is_biased_upward(bets: int, shown: float) -> None:
    """A true gain of 10 points shows as 12 where it is promoted, as 16 where that took luck; the bound stays true."""
    start = Evidence.start(effect=0.1, discordance=0.2, threshold=400.0)
    draws = np.random.default_rng(7).choice([1.0, -1.0, 0.0], p=[0.15, 0.05, 0.8], size=(2000, bets))
    endings = replay(start, draws)
    promoted = endings.stop == STOPS.index(Stop.REACHED)
    refuted = ever_refuted(start.better, draws, mean=0.1, threshold=400.0, looks=endings.bets)

    assert endings.effect[promoted].mean() > shown
    assert refuted.mean() <= 1 / 400 + 0.002


def test_rows_may_have_thresholds_of_their_own() -> None:
    """As if each had been replayed with its own start; floors move along, up to rounding of the halving."""
    draws = np.random.default_rng(12).choice([1.0, -1.0, 0.0], p=[0.2, 0.05, 0.75], size=(60, 80))
    thresholds = np.repeat([10.0, 40.0, 160.0], 20)
    endings = replay(CURTAILED, draws, thresholds=thresholds)
    for index, (row, threshold) in enumerate(zip(draws, thresholds, strict=True)):
        start = Evidence.start(effect=0.2, discordance=0.24, threshold=float(threshold))
        own = replay(start.within(80, effect=0.2, discordance=0.24, chance=0.3), row[None, :])

        assert (endings.stop[index], endings.bets[index]) == (own.stop[0], own.bets[0])
