"""The exact forecast of a plan, checked against the gate itself."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from itertools import product

import pytest

from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.power import POWER, bets_needed, prospects, smallest_detectable_effect

START = Evidence.start(effect=0.2, discordance=0.24, threshold=160.0)


def test_the_chances_of_all_endings_and_of_none_add_up() -> None:
    """What is not reached, worse or futile is left when the budget ends."""
    forecast = prospects(START, effect=0.1, discordance=0.24, bets=80)

    assert 0.0 < forecast.reached + forecast.worse + forecast.futile < 1.0
    assert 0.0 < forecast.bets < 80


def test_the_forecast_equals_a_simulation_of_the_gate() -> None:
    """Exact chances within the noise of 400 simulated experiments."""
    forecast = prospects(START, effect=0.2, discordance=0.3, bets=60)
    generator = random.Random(7)
    stops, bets = [], 0
    for _ in range(400):
        evidence = START
        for difference in generator.choices([1.0, -1.0, 0.0], [0.25, 0.05, 0.7], k=60):
            evidence, bets = evidence.after(difference), bets + 1
            if evidence.stop is not None:
                break
        stops.append(evidence.stop)

    assert stops.count(Stop.REACHED) / 400 == pytest.approx(forecast.reached, abs=0.06)
    assert stops.count(Stop.FUTILE) / 400 == pytest.approx(forecast.futile, abs=0.04)
    assert bets / 400 == pytest.approx(forecast.bets, rel=0.06)


def test_the_demo_plan_has_the_power_it_was_chosen_for() -> None:
    """+25 points are found nearly always, in about 35 of 80 groups; nothing at all ends after 16."""
    helpful = prospects(START, effect=0.25, discordance=0.25, bets=80)
    useless = prospects(START, effect=0.0, discordance=0.0, bets=80)

    assert helpful.reached > 0.97
    assert 30 < helpful.bets < 45
    assert (useless.futile, useless.bets) == (1.0, 16.0)


def test_the_smallest_detectable_effect_has_the_stated_power() -> None:
    """Just detectable means found in four of five cases, and a little less is found less often."""
    smallest = smallest_detectable_effect(START, discordance=0.24, bets=80)

    assert smallest is not None
    assert prospects(START, effect=smallest, discordance=0.24, bets=80).reached >= POWER
    assert prospects(START, effect=smallest - 0.01, discordance=0.24, bets=80).reached < POWER


def test_more_groups_detect_smaller_effects() -> None:
    """The budget is what limits detection."""
    few = smallest_detectable_effect(START, discordance=0.24, bets=25)
    many = smallest_detectable_effect(START, discordance=0.24, bets=80)

    assert few is not None
    assert many is not None
    assert many < few


def test_too_few_groups_detect_nothing() -> None:
    """Seven wins in a row do not reach 160."""
    assert smallest_detectable_effect(START, discordance=0.24, bets=7) is None


def test_a_very_long_plan_is_forecast_with_the_largest_grid() -> None:
    """More bets than the grid holds only detect more: the forecast stays on the safe side."""
    assert prospects(START, effect=0.4, discordance=0.4, bets=10_000).reached > 0.999


@pytest.mark.parametrize("bets", [1, 2, 5])
def test_the_forecast_equals_all_sequences_counted(bets: int) -> None:
    """Every sequence of a few bets with its chance, stopped by the gate itself."""
    start = Evidence.start(effect=0.4, discordance=0.5, threshold=3.0)
    chances = {1.0: 0.45, -1.0: 0.15, 0.0: 0.4}
    ended, mean_bets = dict.fromkeys(Stop, 0.0), 0.0
    for sequence in product(chances, repeat=bets):
        evidence, used = start, 0
        while evidence.stop is None and used < bets:
            evidence, used = evidence.after(sequence[used]), used + 1
        chance = math.prod(chances[difference] for difference in sequence)
        mean_bets += chance * used
        if evidence.stop is not None:
            ended[evidence.stop] += chance
    forecast = prospects(start, effect=0.3, discordance=0.6, bets=bets)

    assert forecast.reached == pytest.approx(ended[Stop.REACHED])
    assert forecast.worse == pytest.approx(ended[Stop.WORSE])
    assert forecast.futile == pytest.approx(ended[Stop.FUTILE])
    assert forecast.bets == pytest.approx(mean_bets)


def test_without_bets_nothing_ends() -> None:
    """An empty budget decides nothing."""
    forecast = prospects(START, effect=0.2, discordance=0.24, bets=0)

    assert (forecast.reached, forecast.worse, forecast.futile, forecast.bets) == (0.0, 0.0, 0.0, 0.0)


def test_a_discordance_below_the_effect_is_taken_as_the_effect() -> None:
    """A mean of .5 over -1, 0, 1 cannot have a smaller mean square."""
    assert prospects(START, effect=0.5, discordance=0.1, bets=30) == prospects(
        START, effect=0.5, discordance=0.5, bets=30
    )


@pytest.mark.parametrize("threshold", [20.0, 160.0, 1000.0])
def test_a_higher_threshold_is_reached_less_often(threshold: float) -> None:
    """By a useless candidate at most one time in so many, by a good one not more often than a lower one."""
    start = replace(START, threshold=threshold)
    lower = replace(START, threshold=threshold / 2)

    assert prospects(start, effect=0.0, discordance=0.24, bets=80).reached <= 1 / threshold
    assert (
        prospects(start, effect=0.25, discordance=0.3, bets=60).reached
        <= prospects(lower, effect=0.25, discordance=0.3, bets=60).reached
    )


def test_the_least_budget_just_has_the_power_asked_for() -> None:
    """One bet fewer has less."""
    needed = bets_needed(START, effect=0.25, discordance=0.3)

    assert needed is not None
    assert prospects(START, effect=0.25, discordance=0.3, bets=needed).reached >= POWER
    assert prospects(START, effect=0.25, discordance=0.3, bets=needed - 1).reached < POWER
    assert bets_needed(START, effect=0.25, discordance=0.3, at_most=20) is None
    assert bets_needed(START, effect=0.0, discordance=0.3, at_most=200) is None


@pytest.mark.parametrize(("effect", "discordance", "bets"), [(0.1, 0.2, 405), (0.25, 0.4, 127)])
def test_at_20_candidates_the_plan_takes_fewer_pairs_than_a_fixed_exact_test(
    effect: float, discordance: float, bets: int
) -> None:
    """Horizon 1.5 times exact one-sided McNemar at .05/20 and 80 % power, the figures that the gate is held to."""
    fixed = bets / 1.5
    start = Evidence.start(effect=effect, discordance=discordance, threshold=400.0).within(
        bets, effect=effect, discordance=discordance, chance=0.3
    )
    at = {
        times: prospects(start, effect=times * effect, discordance=discordance, bets=bets)
        for times in (1, 2, 0, -1)
    }

    assert at[1].reached >= 0.8
    assert at[2].reached >= 0.98
    assert at[1].bets <= 0.8 * fixed
    assert at[2].bets <= 0.4 * fixed
    assert at[0].bets <= 0.4 * fixed
    assert at[-1].bets <= 0.2 * fixed
    assert 15 * at[0].bets + 3 * at[-1].bets + 2 * at[1].bets <= 20 * 0.4 * fixed
