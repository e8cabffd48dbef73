"""Futility: quick for what does nothing, rare for what was promised."""

from __future__ import annotations

import math

import pytest

from benchmarks.gate.e_process import MAX_STAKE
from benchmarks.gate.evidence import Evidence
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
