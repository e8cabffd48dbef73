"""A simulated campaign is the shipped one: its thresholds, its endings, what returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from benchmarks.gate.campaign import Campaign, Judgement
from benchmarks.gate.e_lond import LongRun
from benchmarks.gate.evidence import Stop
from benchmarks.gate.replay import STOPS, Endings, replay
from benchmarks.gate.verdict import Decision
from benchmarks.gate_bench.campaigns import Course, Drawn, Scenario, simulate
from benchmarks.gate_bench.draws import Floats, trinomial
from benchmarks.gate_bench.planned import Planned
from benchmarks.gate_bench.scenarios.every import SCENARIOS

SMALL = Planned(effect=0.2, discordance=0.24, bets=80, candidates=4)


@dataclass(frozen=True, kw_only=True)
class Given:
    """Candidates whose differences are known beforehand: the last ones gain."""

    name: str = "given"
    planned: Planned = SMALL
    fresh_pairs: bool = True
    candidates: int = 4

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """All differences, by campaign, candidate and bet."""
        return np.stack(
            [
                trinomial(
                    generator, (campaigns, self.planned.bets), effect=0.2 * (number >= 2), discordance=0.24
                )
                for number in range(self.candidates)
            ],
            axis=1,
        )

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """The next of them."""
        del generator
        return Drawn(
            differences=common[:, len(past)], helps=np.full(len(common), len(past) >= 2, dtype=np.bool_)
        )


def one_by_one(scenario: Given, differences: Floats) -> list[bool]:
    """The same campaign as its ledger would be folded, candidate by candidate."""
    campaign = Campaign(candidates=scenario.candidates)
    promoted = []
    for number, row in enumerate(differences):
        campaign = campaign.charge(str(number))
        threshold = np.array([campaign.of(str(number)).threshold])
        endings = replay(scenario.planned.start(), row[None, :], thresholds=threshold)
        stop = STOPS[int(endings.stop[0])]
        decision = {Stop.REACHED: Decision.PROMOTE, Stop.WORSE: Decision.REJECT}.get(
            stop, Decision.INCONCLUSIVE
        )
        judgement = Judgement(
            candidate=str(number),
            decision=decision,
            futile=stop is Stop.FUTILE,
            wealth=float(endings.wealth[0]),
            fresh_pairs=scenario.fresh_pairs,
        )
        campaign = campaign.settle(judgement)
        promoted.append(decision is Decision.PROMOTE)
    return promoted


@pytest.mark.parametrize("fresh_pairs", [True, False])
def test_every_campaign_goes_as_if_it_were_the_only_one(fresh_pairs: bool) -> None:
    """Same promotions, with the thresholds that its own earlier endings leave."""
    scenario = Given(fresh_pairs=fresh_pairs)
    course = simulate(scenario, campaigns=8, candidates=4, generator=np.random.default_rng(8))
    differences = scenario.common(8, np.random.default_rng(8))

    assert course.promoted.tolist() == [one_by_one(scenario, rows) for rows in differences]
    assert course.promoted[:, 2:].mean() > 0.6


def test_only_promotions_of_what_does_not_help_are_errors() -> None:
    """And a campaign that erred once has erred."""
    course = Course(
        promoted=np.array([[True, False, True], [False, True, False]]),
        helps=np.array([[True, False, False], [False, False, False]]),
        bets=np.ones((2, 3)),
    )

    assert course.erred.tolist() == [[False, False, True], [False, True, True]]


def test_a_line_of_candidates_may_be_judged_without_a_last_one() -> None:
    """The long-running budget folds the same verdicts."""
    course = simulate(
        Given(),
        campaigns=10,
        candidates=4,
        generator=np.random.default_rng(8),
        opened=lambda _: LongRun(),
    )

    assert course.promoted[:, 2:].any()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_scenario_has_an_effect_that_it_does_not_own_up_to(
    scenario: Scenario, generator: np.random.Generator
) -> None:
    """The mean difference of what does not help is zero or less, over many campaigns and for luck of every kind."""
    common = scenario.common(150, generator)
    past: list[Endings] = []
    means, useless = [], []
    for _ in range(4):
        drawn = scenario.draw(common, past, generator)
        assert drawn.differences.shape == (150, scenario.planned.bets)
        assert np.abs(drawn.differences).max() <= 1.0
        means.append(drawn.differences.mean(axis=1))
        useless.append(~drawn.helps)
        past.append(replay(scenario.planned.start(), drawn.differences))

    assert np.concatenate(means)[np.concatenate(useless)].mean() < 0.006


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_few_campaigns_of_any_scenario_err(scenario: Scenario, generator: np.random.Generator) -> None:
    """Sixty campaigns of twenty: P(Binomial(60, .05) > 7) is 1 %; the seed is fixed."""
    course = simulate(scenario, campaigns=60, candidates=20, generator=generator)

    assert course.erred[:, -1].sum() <= 7
    assert (course.promoted & course.helps).any() is np.bool_(scenario.name == "among_helpful_and_harmful")
