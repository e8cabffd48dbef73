"""Plans: what can be found, what it takes, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.gate.noise import Noise
from benchmarks.gate.planning import Request, group_means, plan

NOISE = Noise(mean=0.08, upper=0.1, pass_rate=0.5)
SUITE = Request(claim="suite", units=30, repeats=4, share=0.05 / 4, noise=NOISE, effect=0.2)
GROUPS = Request(claim="groups", units=60, share=0.05 / 4, noise=NOISE, effect=0.25)


@pytest.mark.parametrize("request_", [SUITE, GROUPS], ids=["suite", "groups"])
def test_what_is_detectable_is_found_with_the_wanted_power(request_: Request) -> None:
    """Planned for just that effect, and a little less is not."""
    found = plan(request_).detectable

    assert found is not None
    assert plan(replace(request_, effect=found)).power >= 0.8
    assert plan(replace(request_, effect=found - 0.01)).power < 0.8


def test_the_units_and_repeats_needed_find_the_wanted_effect() -> None:
    """Each with the other as it is."""
    small = replace(SUITE, effect=0.12)
    forecast = plan(small)

    assert forecast.power < 0.8
    assert forecast.units_needed is not None
    assert forecast.repeats_needed is not None
    assert plan(replace(small, units=forecast.units_needed)).power >= 0.8
    assert 30 * forecast.repeats_needed >= 4 * forecast.units_needed - 30


def test_cost_and_time_follow_from_the_runs() -> None:
    """Both arms, and as many at once as are in flight."""
    forecast = plan(replace(SUITE, run_seconds=30.0, run_usd=0.1, in_flight=4))

    assert forecast.runs == 240
    assert forecast.usd == pytest.approx(24.0)
    assert forecast.seconds == pytest.approx(1800.0)
    assert forecast.useless_runs < forecast.runs
    assert forecast.expected_runs < forecast.runs


def test_a_change_that_can_gain_too_little_is_refused_with_what_it_would_take() -> None:
    """Half of the runs fail, and a tenth of the failures are the pattern's: five points at most."""
    forecast = plan(replace(SUITE, pattern_share=0.1))

    assert forecast.largest == pytest.approx(0.05)
    assert "at most 5.0 points" in forecast.refusal
    assert plan(SUITE).refusal == ""


def test_a_budget_that_finds_nothing_is_refused() -> None:
    """Four pairs never reach a wealth of 80."""
    forecast = plan(replace(SUITE, units=4, repeats=1))

    assert forecast.detectable is None
    assert "no effect at all" in forecast.refusal


def test_averaged_runs_find_smaller_effects_in_as_many_groups() -> None:
    """Noise falls by the number of runs; simulated, with the same numbers each time."""
    noisy = replace(GROUPS, noise=replace(NOISE, upper=0.4), units=40, effect=0.3)
    once, thrice = plan(noisy), plan(replace(noisy, repeats=3))

    assert thrice.power > once.power
    assert thrice.runs == 3 * once.runs


def test_simulated_groups_have_the_planned_mean_and_mean_square() -> None:
    """The discordance that the bets are planned for is that of what is simulated."""
    request = replace(GROUPS, repeats=3, noise=replace(NOISE, upper=0.4), effect=0.2)
    drawn = group_means(request, 0.2, experiments=3000, seed=1)

    assert drawn.mean() == pytest.approx(0.2, abs=0.005)
    assert (drawn**2).mean() == pytest.approx(0.2 + 0.8 * 0.4 / 3, abs=0.005)


def test_safety_at_a_small_margin_is_refused_and_at_a_wide_one_planned() -> None:
    """Two points take thousands of pairs."""
    narrow = replace(SUITE, effect=0.0, question="safe", margin=0.02)
    wide = replace(narrow, margin=0.25)

    assert "costs less than 2.0 points only in" in plan(narrow).refusal
    assert plan(wide).refusal == ""
    assert plan(wide).power >= 0.8
