"""Futility: quick for what does nothing, rare for what was promised."""

from __future__ import annotations

import math

import pytest

from benchmarks.gate.e_process import MAX_STAKE, WEIGHTS
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.futility import FUTILE, futility_process
from benchmarks.gate.power import prospects


def bets_until_futile(difference: float, *, effect: float = 0.2, discordance: float = 0.24) -> int:
    process, bets = futility_process(effect, discordance), 0
    while process.wealth < FUTILE:
        process, bets = process.after(difference), bets + 1
    return bets


def test_a_candidate_that_changes_nothing_is_futile_after_a_dozen_groups_or_so() -> None:
    """The figure that the demo's time budget rests on."""
    assert bets_until_futile(0.0) == 16


def test_a_harmful_candidate_is_futile_sooner() -> None:
    """Each loss speaks louder than a tie."""
    assert bets_until_futile(-1.0) < bets_until_futile(-0.5) < bets_until_futile(0.0)


def test_differences_at_the_planned_effect_prove_nothing() -> None:
    """At the null's own mean a bet neither gains nor loses."""
    assert futility_process(0.2, 0.24).after(0.2).wealth == pytest.approx(1.0)


@pytest.mark.parametrize(("effect", "discordance"), [(0.05, 0.05), (0.5, 0.5), (0.9, 1.0)])
def test_stakes_stay_within_their_bounds_for_any_plan(effect: float, discordance: float) -> None:
    """No plan, however certain, bets all it has."""
    assert all(0.0 <= stake <= MAX_STAKE for stake in futility_process(effect, discordance).bets.stakes)


@pytest.mark.parametrize("discordance", [0.2, 0.24, 0.4, 0.8])
def test_a_candidate_with_the_planned_effect_is_futile_at_most_one_time_in_ten(discordance: float) -> None:
    """Ville's inequality for the reversed process, exact over 200 bets, also where the plan was wrong."""
    never_promoted = Evidence.start(effect=0.2, discordance=0.24, threshold=math.inf)

    assert prospects(never_promoted, effect=0.2, discordance=discordance, bets=200).futile <= 1 / FUTILE


def curtailed(chance: float, bets: int = 120) -> Evidence:
    start = Evidence.start(effect=0.15, discordance=0.3, threshold=100.0)
    return start.within(bets, effect=0.15, discordance=0.3, chance=chance)


def test_an_experiment_is_hopeless_only_when_the_rest_of_its_budget_rarely_reaches_the_threshold() -> None:
    """From where the floors give up, an exact forecast of the rest promotes about as rarely as asked (a new mixture does a little better)."""
    evidence = curtailed(0.2)
    while evidence.stop is None:
        evidence = evidence.after({0: 1.0, 5: 1.0, 7: -1.0, 15: 1.0}.get(evidence.bets % 20, 0.0))

    assert evidence.stop is Stop.HOPELESS
    rest = 120 - evidence.bets
    needed = evidence.threshold / evidence.wealth
    ahead = Evidence.start(effect=0.15, discordance=0.3, threshold=needed)
    assert 0.08 < prospects(ahead, effect=0.15, discordance=0.3, bets=rest).reached < 0.3


@pytest.mark.parametrize("chance", [0.05, 0.1, 0.2, 0.3])
def test_giving_up_early_costs_less_power_than_the_chance_given_up(chance: float) -> None:
    """A path that is given up would have been promoted with at most that chance."""
    plain = Evidence.start(effect=0.15, discordance=0.3, threshold=100.0)
    without = prospects(plain, effect=0.15, discordance=0.3, bets=120)
    early = prospects(curtailed(chance), effect=0.15, discordance=0.3, bets=120)
    useless = prospects(curtailed(chance), effect=0.0, discordance=0.3, bets=120)

    assert without.reached - chance <= early.reached <= without.reached
    assert useless.bets < prospects(plain, effect=0.0, discordance=0.3, bets=120).bets


def test_floors_rise_as_the_budget_runs_out() -> None:
    """With nothing left the threshold itself is needed; with more to come, less."""
    floors = curtailed(0.2).floors

    assert floors is not None
    for capitals, weight in zip(floors.capitals, WEIGHTS, strict=True):
        assert capitals[0] == pytest.approx(math.log(100.0 / weight))
        assert list(capitals) == sorted(capitals, reverse=True)


def test_a_budget_that_is_used_up_is_not_called_hopeless() -> None:
    """It has its own name."""
    evidence = curtailed(0.2, bets=3)
    for _ in range(3):
        evidence = evidence.after(0.0)

    assert evidence.stop is None
