"""When the betting stops, and how often a whole campaign errs: simulated with the gate itself."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest

from benchmarks.gate.campaign import Campaign, Judgement
from benchmarks.gate.evidence import SUSPECT, WORSE, Evidence, Stop
from benchmarks.gate.futility import FUTILE
from benchmarks.gate.power import prospects
from benchmarks.gate.replay import replay
from benchmarks.gate.verdict import Decision

K = 8
GROUPS = 80
Draws = Callable[[random.Random], list[float]]


START = Evidence.start(effect=0.2, discordance=0.24, threshold=math.inf)


@cache
def at(seen: tuple[tuple[float, int], ...]) -> tuple[Evidence, float, Stop | None]:
    """The gate's evidence after these counts, with its wealth and its stop short of a promotion."""
    evidence = replace(
        START,
        better=replace(START.better, seen=seen),
        worse=replace(START.worse, seen=seen),
        futile=replace(START.futile, seen=seen),
    )
    return evidence, evidence.wealth, evidence.stop


def outcome(differences: list[float], *, threshold: float) -> tuple[Stop | None, float, int]:
    """How an experiment ends: why, at which wealth, after how many bets."""
    counts: dict[float, int] = {}
    wealth = 1.0
    for bet, difference in enumerate(differences, start=1):
        counts[difference] = counts.get(difference, 0) + 1
        evidence, wealth, stop = at(tuple(sorted(counts.items())))
        if wealth >= threshold:
            return replace(evidence, threshold=threshold).stop, wealth, bet
        if stop is not None:
            return stop, wealth, bet
    return None, wealth, len(differences)


def promotes_any(draws: Draws, generator: random.Random) -> bool:
    """One campaign of K candidates judged in turn, with shares recycled; whether any is promoted."""
    campaign = Campaign(candidates=K)
    for number in range(K):
        name = f"candidate-{number}"
        campaign = campaign.charge(name)
        stop, wealth, _ = outcome(draws(generator), threshold=campaign.of(name).threshold)
        promoted = stop is Stop.REACHED
        campaign = campaign.settle(
            Judgement(
                candidate=name,
                decision=Decision.PROMOTE if promoted else Decision.INCONCLUSIVE,
                futile=stop is Stop.FUTILE,
                wealth=wealth,
            )
        )
        if promoted:
            return True
    return False


def trinomial(mean: float, discordance: float) -> Draws:
    weights = [(discordance + mean) / 2, (discordance - mean) / 2, 1 - discordance]
    return lambda generator: generator.choices([1.0, -1.0, 0.0], weights, k=GROUPS)


def balanced(generator: random.Random) -> list[float]:
    """Ten groups better, ten worse, the rest alike, in random order."""
    return generator.sample([1.0] * 10 + [-1.0] * 10 + [0.0] * (GROUPS - 20), k=GROUPS)


def partial(generator: random.Random) -> list[float]:
    """Partial scores: many small gains and few large losses that make up for them."""
    return [0.2 if generator.random() < 5 / 6 else -1.0 for _ in range(GROUPS)]


@pytest.mark.parametrize(
    "draws",
    [trinomial(0.0, 0.05), trinomial(0.0, 0.24), trinomial(0.0, 0.6), balanced, partial],
    ids=["quiet", "as planned", "noisy", "better and worse", "partial scores"],
)
def test_a_campaign_of_useless_candidates_promotes_any_at_most_one_time_in_twenty(draws: Draws) -> None:
    """Eight useless candidates, a look after every group: the upper 95 % bound of the error is within 5 %."""
    campaigns = 1500
    generator = random.Random(20)
    errors = sum(promotes_any(draws, generator) for _ in range(campaigns))

    assert upper_bound(errors, campaigns) <= 0.05


def test_candidates_that_share_the_luck_of_their_groups_do_not_err_more() -> None:
    """Groups that favour every useless candidate alike: the shares still cover all of them together."""
    campaigns = 1500
    generator = random.Random(21)
    errors = sum(promotes_any(sharing(trinomial(0.0, 0.24)(generator)), generator) for _ in range(campaigns))

    assert upper_bound(errors, campaigns) <= 0.05


def test_a_candidate_with_the_planned_effect_is_promoted_as_often_as_planned() -> None:
    """80 groups and a threshold of 160 find +20 points at a discordance of .24 in four of five cases."""
    generator = random.Random(22)
    endings = [outcome(trinomial(0.2, 0.24)(generator), threshold=160.0)[0] for _ in range(600)]

    assert 0.76 <= endings.count(Stop.REACHED) / len(endings) <= 0.85


def test_a_harmful_candidate_is_never_promoted_and_mostly_shown_to_be_worse() -> None:
    """Losing 30 points every time it matters ends after about 20 of 80 groups."""
    generator = random.Random(23)
    endings = [outcome(trinomial(-0.3, 0.3)(generator), threshold=160.0) for _ in range(400)]

    assert not any(stop is Stop.REACHED for stop, _, _ in endings)
    assert sum(stop is Stop.WORSE for stop, _, _ in endings) > 360
    assert sum(bets for _, _, bets in endings) / len(endings) < 22


def test_a_useless_candidate_is_rarely_called_worse() -> None:
    """At most one in twenty by Ville's inequality; being futile first makes it rarer."""
    generator = random.Random(24)
    endings = [outcome(trinomial(0.0, 0.3)(generator), threshold=160.0)[0] for _ in range(600)]

    assert endings.count(Stop.WORSE) / len(endings) < 0.05
    assert endings.count(Stop.FUTILE) / len(endings) > 0.8


def test_reaching_the_threshold_comes_before_every_other_stop() -> None:
    """A sequence of wins stops as reached, on the very bet that reaches it."""
    stop, wealth, _ = outcome([1.0] * GROUPS, threshold=160.0)

    assert stop is Stop.REACHED
    assert wealth / 1.95 < 160.0 <= wealth


def test_a_futile_candidate_that_looks_harmful_is_followed_until_that_is_clear() -> None:
    """Losses go on to a verdict; a few losses and then ties end as futile."""
    harmed, _, bets = outcome([-1.0] * GROUPS, threshold=160.0)
    unlucky, _, _ = outcome([-1.0, *([0.0] * (GROUPS - 1))], threshold=160.0)

    assert (harmed, bets) == (Stop.WORSE, 6)
    assert unlucky is Stop.FUTILE


def sharing(luck: list[float]) -> Draws:
    """Candidates that have four fifths of their groups' luck in common."""
    return lambda generator: [common if generator.random() < 0.8 else 0.0 for common in luck]


def upper_bound(errors: int, campaigns: int) -> float:
    """One-sided 95 % upper bound of a rate."""
    return float(binomtest(errors, campaigns).proportion_ci(0.9, method="exact").high)


def evidence_after(differences: list[float], threshold: float = 160.0) -> Evidence:
    evidence = Evidence.start(effect=0.2, discordance=0.24, threshold=threshold)
    for difference in differences:
        evidence = evidence.after(difference)
    return evidence


def test_a_wealth_exactly_at_the_threshold_promotes() -> None:
    """Reached means at least."""
    wealth = evidence_after([1.0] * 4).wealth

    assert evidence_after([1.0] * 4, threshold=wealth).stop is Stop.REACHED
    assert evidence_after([1.0] * 4, threshold=math.nextafter(wealth, math.inf)).stop is None


def test_before_the_first_bet_nothing_stops() -> None:
    """Three wealths of one."""
    start = evidence_after([])

    assert start.stop is None
    assert (start.wealth, start.worse.wealth, start.futile.wealth) == (1.0, 1.0, 1.0)


def test_the_three_bets_see_the_same_differences() -> None:
    """Each difference is bet on three times, with stakes that were fixed beforehand."""
    evidence = evidence_after([1.0, 0.0, -0.5, 1.0])

    assert evidence.better.seen == evidence.worse.seen == evidence.futile.seen
    assert evidence.better.bets == evidence_after([]).better.bets


def test_a_suspect_is_followed_while_it_looks_harmful() -> None:
    """Futile by its own bets, but likely harmful: the next groups decide which of the two it is."""
    suspected = evidence_after([-1.0, -1.0, *[0.0] * 12])

    assert suspected.futile.wealth >= FUTILE
    assert SUSPECT <= suspected.worse.wealth < WORSE
    assert suspected.stop is None
    assert evidence_after([-1.0, *[0.0] * 13]).stop is Stop.FUTILE


@pytest.mark.parametrize("effect", [0.0, 0.05])
def test_safe_bets_against_a_loss_of_the_margin(effect: float) -> None:
    """The null is the margin, a harmless candidate gains by ties, and a harmful one is shown worse."""
    start = Evidence.start(effect=effect, discordance=0.1, threshold=20.0, margin=0.1)
    tied = replace(start, better=replace(start.better, seen=((0.0, 40),)))
    lost = start
    for _ in range(12):
        lost = lost.after(-1.0)

    assert start.better.null == start.worse.null == -0.1
    assert tied.better.wealth > 20.0
    assert lost.stop is Stop.WORSE


def test_a_loss_of_the_margin_is_called_safe_at_most_one_time_in_twenty() -> None:
    """Non-inferiority at its null, a look after each of 150 pairs, with the gate's own rule."""
    start = Evidence.start(effect=0.0, discordance=0.2, threshold=20.0, margin=0.1)
    draws = np.random.default_rng(25).choice([1.0, -1.0, 0.0], p=[0.05, 0.15, 0.8], size=(4000, 150))
    endings = replay(start, draws)

    assert upper_bound(round(4000 * endings.share(Stop.REACHED)), 4000) <= 0.05


def test_what_is_no_worse_is_called_safe_as_often_as_planned() -> None:
    """A harmless candidate, with twice the pairs that a gain of the margin would take a fixed test."""
    start = Evidence.start(effect=0.0, discordance=0.2, threshold=20.0, margin=0.1)

    assert prospects(start, effect=0.0, discordance=0.2, bets=220).reached > 0.8
    assert prospects(start, effect=-0.2, discordance=0.3, bets=200).reached < 0.001
