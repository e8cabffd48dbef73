"""Findings: what the bets came to, and what more they would take."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.cost_guard import CostRatios
from benchmarks.gate.coverage import Coverage
from benchmarks.gate.decide import decide
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.findings import Findings
from benchmarks.gate.more import bets_to_threshold, more_needed
from benchmarks.gate.testing import FAIL, PASS, Ending, simulated_pairs
from benchmarks.gate.verdict import EvidencePoint
from traces.outcome import Outcome

DIFFERENCES = st.lists(st.sampled_from([-1.0, -0.25, 0.0, 0.5, 1.0]), max_size=20)


def findings_of(differences: list[float], **changes: Any) -> Findings:
    evidence, points = Evidence.start(effect=0.2, discordance=0.24, threshold=160.0), []
    for bet, difference in enumerate(differences):
        evidence = evidence.after(difference)
        points.append(
            EvidencePoint(bet=bet, group=f"g{bet}", difference=difference, wealth=1.0, lower_bound=-1.0)
        )
    found = Findings(
        claim="groups",
        planned_bets=80,
        planned_effect=0.2,
        stop=Stop.BUDGET,
        evidence=evidence,
        interval=(-0.2, 0.4),
        points=tuple(points),
        pairs=(),
        activation="fired",
        costs=CostRatios(tokens=None, seconds=None, money=None),
        coverage=Coverage(runs=len(points), control=len(points), candidate=len(points)),
    )
    return replace(found, **changes)


@given(differences=DIFFERENCES)
def test_won_lost_and_effect_are_of_the_bets(differences: list[float]) -> None:
    """Partial wins count as won; ties as neither; the effect is the plain mean."""
    found = findings_of(differences)

    assert found.won == len([d for d in differences if d > 0])
    assert found.lost == len([d for d in differences if d < 0])
    assert found.effect == pytest.approx(sum(differences) / max(1, len(differences)))


@given(differences=st.lists(st.sampled_from([0.25, 0.5, 1.0]), min_size=1, max_size=20))
def test_the_number_of_bets_needed_is_the_least_that_the_dominant_stake_reaches(
    differences: list[float],
) -> None:
    """At the best stake's rate the wealth is there after so many bets and not one bet earlier."""
    found = findings_of(differences)
    needed = bets_to_threshold(found)
    process, count = found.evidence.better, len(differences)
    rate = max(
        sum(seen * process.growth(difference)[stake] for difference, seen in process.seen) / count
        for stake in (0, 1)
    )

    assert needed is not None
    assert needed >= 1
    if found.evidence.wealth < 160.0:
        assert found.evidence.wealth * math.exp(rate * needed) >= 159.9
        assert found.evidence.wealth * math.exp(rate * (needed - 1)) < 160.1


@pytest.mark.parametrize(("claim", "unit"), [("groups", "groups"), ("suite", "pairs")])
def test_what_more_it_takes_is_told_in_the_unit_of_the_claim(claim: str, unit: str) -> None:
    """Groups are added to a claim about groups, pairs to a claim about the suite."""
    growing = findings_of([1.0, 1.0, 0.0], claim=claim)
    resting = findings_of([0.0, 0.0], claim=claim)

    assert more_needed(growing) == f"about {bets_to_threshold(growing)} more {unit} at the present rate"
    assert more_needed(resting).startswith(f"more {unit} alone are not expected to decide")


def test_a_futile_candidate_is_not_sent_for_more_groups() -> None:
    """Even where the trend is up: the plan was refuted, so another change or another plan is needed."""
    found = findings_of([1.0, 1.0, 0.0], stop=Stop.FUTILE, interval=(-0.1, 0.123))

    assert more_needed(found).startswith("the gain is at most 12.3 points with what was seen")


def test_notes_come_for_the_noise_check_the_coverage_and_the_unscored_pairs() -> None:
    """In this order, each only where there is something to say."""
    errored = Ending(outcome=Outcome.ERRORED)
    pairs = tuple(pair.result() for pair in simulated_pairs((errored, PASS), (PASS, errored), (FAIL, PASS)))
    found = findings_of(
        [0.0, -1.0, 1.0],
        pairs=pairs,
        is_noise_check=True,
        coverage=Coverage(runs=3, control=2, candidate=2),
    )

    assert decide(found).notes == (
        "noise check: both arms are the same harness with different seeds",
        "coverage: 2 control and 2 candidate runs of 3 gave a verdict at the first attempt",
        "2 pair(s) stayed unscored and count at their worst for the candidate",
    )


def test_diverged_pairs_and_groups_are_counted() -> None:
    """Pairs of one group are one group; pairs that went alike are not diverged."""
    pairs = tuple(pair.result() for pair in simulated_pairs((PASS, PASS), (PASS, FAIL), (FAIL, PASS)))
    found = findings_of([0.0, -1.0, 1.0], pairs=pairs)
    points = tuple(replace(point, group="one") for point in found.points)

    assert decide(found).diverged == 2
    assert decide(found).groups_used == 3
    assert decide(replace(found, points=points)).groups_used == 1


def test_a_reason_about_the_suite_counts_pairs() -> None:
    """The unit of the sentence is the unit of the claim."""
    verdict = decide(findings_of([1.0, -1.0], claim="suite"))

    assert verdict.reason.startswith("undecided when the budget ended: won 1 and lost 1 of 2 pairs, +0.0")
    assert verdict.reason.endswith("of 160 needed)")


def test_an_experiment_without_bets_has_a_verdict_all_the_same() -> None:
    """No effect, no groups, no promise."""
    verdict = decide(findings_of([]))

    assert (verdict.effect_at_stop, verdict.groups_used, verdict.wealth) == (0.0, 0, 1.0)
    assert "not expected to decide" in verdict.more
