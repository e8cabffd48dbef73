"""The betting process: what one bet does, and that Ville's inequality holds when simulated."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.e_process import MAX_STAKE, Bets, EProcess, bets_against, planned_bets

DIFFERENCES = st.lists(st.floats(-1.0, 1.0), max_size=40)


def fed(process: EProcess, differences: list[float]) -> EProcess:
    for difference in differences:
        process = process.after(difference)
    return process


def test_wealth_starts_at_one_and_is_the_weighted_product_of_the_bets() -> None:
    """Wealth is Σ weight × Π (1 + stake × difference) against a null of zero."""
    process = EProcess(bets=Bets(stakes=(0.5, 0.8), weights=(0.7, 0.3)))

    assert process.wealth == 1.0
    assert fed(process, [1.0, -0.5]).wealth == pytest.approx(0.7 * 1.5 * 0.75 + 0.3 * 1.8 * 0.6)


def test_planned_bets_surround_the_growth_optimal_one_and_stay_below_one() -> None:
    """The stakes are 0.8 and 1.5 times effect over mean square, capped."""
    assert planned_bets(0.1, 0.25).stakes == pytest.approx((0.32, 0.6))
    assert planned_bets(0.2, 0.2).stakes == pytest.approx((0.8, MAX_STAKE))


@pytest.mark.parametrize("stakes", [(1.0, 0.5), (-0.1, 0.5), (0.5,)])
def test_bets_that_could_lose_everything_or_have_no_weight_are_refused(stakes: tuple[float, ...]) -> None:
    """A stake is below 1 and every stake has a weight."""
    with pytest.raises(ValueError, match="stake"):
        Bets(stakes=stakes)


@pytest.mark.parametrize("difference", [-1.01, 1.5, math.nan])
def test_a_difference_beyond_the_bounds_is_refused(difference: float) -> None:
    """The guarantee rests on differences within -1..1."""
    process = EProcess(bets=planned_bets(0.2, 0.24))

    with pytest.raises(ValueError, match=r"within -1\.\.1"):
        process.after(difference)


@given(differences=DIFFERENCES, null=st.floats(-0.99, 0.99), side=st.sampled_from(["above", "below"]))
def test_wealth_is_never_negative_whatever_is_seen(differences: list[float], null: float, side: str) -> None:
    """The scaled bets cannot lose more than their stake against any null."""
    process = EProcess(bets=planned_bets(0.2, 0.24), null=null, side=side)  # type: ignore[arg-type]

    assert fed(process, differences).wealth >= 0.0


@given(differences=DIFFERENCES)
def test_wealth_does_not_depend_on_the_order_of_what_was_seen(differences: list[float]) -> None:
    """Constant bets make the wealth a function of the counts."""
    process = EProcess(bets=planned_bets(0.2, 0.24))

    assert fed(process, differences).wealth == fed(process, differences[::-1]).wealth


@given(differences=DIFFERENCES.filter(bool))
def test_a_higher_null_is_refuted_less(differences: list[float]) -> None:
    """Wealth falls as the null moves up, so that inverting the test gives one interval."""
    process = fed(EProcess(bets=planned_bets(0.2, 0.24)), differences)
    wealths = [process.against(null).wealth for null in (-0.9, -0.5, -0.1, 0.0, 0.1, 0.5, 0.9)]

    assert all(left >= right * (1 - 1e-9) for left, right in pairwise(wealths))


@given(differences=DIFFERENCES)
def test_betting_below_mirrors_betting_above(differences: list[float]) -> None:
    """The process against "at least m" is the other one on mirrored differences."""
    above = fed(EProcess(bets=planned_bets(0.2, 0.24), null=0.3), differences)
    mirrored = [-difference for difference in differences]
    below = fed(EProcess(bets=planned_bets(0.2, 0.24), null=-0.3, side="below"), mirrored)

    assert below.wealth == pytest.approx(above.wealth)


@pytest.mark.parametrize("null", [0.0, 0.2])
@pytest.mark.parametrize("side", ["above", "below"])
def test_a_fair_game_ever_reaches_twenty_at_most_one_time_in_twenty(null: float, side: str) -> None:
    """Ville's inequality, with the mean exactly at the null and a look after each of 100 bets."""
    generator = random.Random(f"{null}{side}")
    start = EProcess(bets=planned_bets(0.2, 0.24), null=null, side=side)  # type: ignore[arg-type]

    reached = sum(ever_reaches(start, 20.0, generator, mean=null) for _ in range(800))

    assert reached / 800 <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 800)


def ever_reaches(process: EProcess, threshold: float, generator: random.Random, *, mean: float) -> bool:
    win, loss = (0.3 + mean) / 2, (0.3 - mean) / 2
    for _ in range(100):
        drawn = generator.random()
        process = process.after(1.0 if drawn < win else -1.0 if drawn < win + loss else 0.0)
        if process.wealth >= threshold:
            return True
    return False


@given(difference=st.floats(-1.0, 1.0), null=st.floats(-0.99, 0.99))
def test_one_bet_is_fair_at_the_null_and_bounded_by_its_stake(difference: float, null: float) -> None:
    """Nothing is won by a difference at the null, and no more than the stake is lost by any."""
    process = EProcess(bets=Bets(stakes=(0.6,), weights=(1.0,)), null=null)

    assert process.after(null).wealth == pytest.approx(1.0)
    assert process.after(difference).wealth >= 0.4 - 1e-9
    if abs(difference - null) > 1e-6:
        assert (process.after(difference).wealth > 1.0) is (difference > null)


@given(win=st.floats(0.0, 1.0), null=st.floats(-0.9, 0.9), side=st.sampled_from(["above", "below"]))
def test_the_expected_wealth_never_grows_under_the_null(win: float, null: float, side: str) -> None:
    """A supermartingale, exactly: over a difference of 1 or -1 whose mean is the null or beyond it."""
    mean = 2 * win - 1
    process = EProcess(bets=planned_bets(0.2, 0.24), null=null, side=side)  # type: ignore[arg-type]
    expected = win * process.after(1.0).wealth + (1 - win) * process.after(-1.0).wealth
    null_holds = mean <= null if side == "above" else mean >= null

    assert (expected <= 1.0 + 1e-9) is null_holds or expected == pytest.approx(1.0)


@pytest.mark.parametrize("null", [-1.5, 1.01, math.nan])
def test_a_null_that_no_mean_can_be_is_refused(null: float) -> None:
    """Means lie within -1..1."""
    with pytest.raises(ValueError, match="a mean difference lies within"):
        EProcess(bets=planned_bets(0.2, 0.24), null=null)


@pytest.mark.parametrize(("side", "null"), [("above", -1.0), ("below", 1.0)])
def test_the_most_extreme_null_is_refuted_by_any_other_difference(side: str, null: float) -> None:
    """That the mean is the worst possible cannot be true once anything better was seen."""
    process = EProcess(bets=planned_bets(0.2, 0.24), null=null, side=side)  # type: ignore[arg-type]

    assert process.wealth == 1.0
    assert process.after(0.0).wealth == math.inf


def test_a_wealth_beyond_all_numbers_is_infinite_and_no_error() -> None:
    """Thousands of wins in a row."""
    process = EProcess(bets=planned_bets(0.2, 0.2), seen=((1.0, 5000),))

    assert process.wealth == math.inf


def test_an_observation_leaves_the_process_before_it_as_it_was() -> None:
    """A value: what was decided on it stays decided."""
    before = EProcess(bets=planned_bets(0.2, 0.24)).after(1.0)
    after = before.after(-1.0).after(1.0)

    assert before.seen == ((1.0, 1),)
    assert after.seen == ((-1.0, 1), (1.0, 2))
    assert after.against(0.3).seen == after.seen


def test_bets_against_a_null_are_scaled_to_its_worst_loss() -> None:
    """Against 0 they are the planned ones; against another null, gain and square are those of the distance."""
    assert bets_against(0.0, expected=0.1, square=0.25) == planned_bets(0.1, 0.25)
    assert bets_against(0.0, expected=-0.1, square=0.25, side="below") == planned_bets(0.1, 0.25)
    assert bets_against(-0.1, expected=0.0, square=0.2) == planned_bets(0.9 * 0.1, 0.2 + 0.01)
    assert bets_against(0.2, expected=0.0, square=0.2, side="below") == planned_bets(0.8 * 0.2, 0.2 + 0.04)


@given(null=st.floats(-0.5, 0.3), gain=st.floats(0.02, 0.3), square=st.floats(0.3, 0.9))
def test_the_planned_bet_grows_faster_than_half_or_twice_of_it(
    null: float, gain: float, square: float
) -> None:
    """Close to growth-optimal for a distribution with the planned mean and mean square around the null."""
    mean = null + gain
    square = max(square, abs(mean) + 0.1)
    stake = bets_against(null, expected=mean, square=square).stakes[0] / 0.8

    def growth(times: float) -> float:
        process = EProcess(bets=Bets(stakes=(min(0.99, times * stake),), weights=(1.0,)), null=null)
        chances = {1.0: (square + mean) / 2, -1.0: (square - mean) / 2, 0.0: 1 - square}
        return sum(chance * process.growth(difference)[0] for difference, chance in chances.items())

    if stake < 0.45:
        assert growth(1.0) >= growth(0.4)
        assert growth(1.0) >= growth(2.0)
