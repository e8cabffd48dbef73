"""The long-running error budget: weights, what promotions add, and the false discovery rate itself."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.errors import CampaignError
from benchmarks.gate.campaign import Judgement
from benchmarks.gate.e_lond import LongRun, weight
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.replay import STOPS, replay
from benchmarks.gate.verdict import Decision


def judged(name: str, decision: Decision, *, futile: bool = False) -> Judgement:
    return Judgement(candidate=name, decision=decision, futile=futile, wealth=0.5)


def test_the_weights_of_all_candidates_add_up_to_one() -> None:
    """A million of them, and what the tail still holds (below the integral of t ** -1.6)."""
    total = sum(weight(number) for number in range(1, 100_001))

    assert total < 1.0
    assert total + weight(1) * 100_000**-0.6 / 0.6 == pytest.approx(1.0, abs=1e-4)


def test_a_promotion_raises_the_shares_of_those_that_come_after() -> None:
    """One more than the promotions before, times the weight."""
    run = LongRun().charge("a").settle(judged("a", Decision.PROMOTE)).charge("b")

    assert run.of("a").share == pytest.approx(0.05 * weight(1))
    assert run.of("b").share == pytest.approx(0.05 * weight(2) * 2)


def test_nothing_else_raises_them() -> None:
    """Futile, rejected and undecided candidates leave the next one its weight."""
    for decision, futile in ((Decision.INCONCLUSIVE, True), (Decision.REJECT, False)):
        run = LongRun().charge("a").settle(judged("a", decision, futile=futile)).charge("b")

        assert run.of("b").share == pytest.approx(0.05 * weight(2))


def test_a_share_is_never_more_than_the_whole_budget() -> None:
    """However many were promoted."""
    run = LongRun()
    for number in range(30):
        run = run.charge(f"c{number}").settle(judged(f"c{number}", Decision.PROMOTE))

    assert max(charge.share for charge in run.charges) <= 0.05


def test_a_candidate_is_judged_once_but_may_go_on() -> None:
    """Only what stayed inconclusive without being futile."""
    run = LongRun().charge("a").settle(judged("a", Decision.INCONCLUSIVE))

    assert run.resume("a").of("a").decision is None
    with pytest.raises(CampaignError, match="judged already"):
        run.charge("a")
    with pytest.raises(CampaignError, match="nothing to continue"):
        run.resume("a").settle(judged("a", Decision.REJECT)).resume("a")
    with pytest.raises(CampaignError, match="charge it first"):
        run.of("b")


def test_it_is_rebuilt_from_what_the_ledger_holds() -> None:
    """A second judgement is that of the next part."""
    parts = [judged("a", Decision.INCONCLUSIVE), judged("a", Decision.PROMOTE)]

    assert LongRun.rebuild(error_budget=0.05, past=["a", *parts]).promotions == 1


def test_of_all_promotions_few_are_false() -> None:
    """Thirty candidates, every third one helpful: the false discovery rate is within the budget."""
    generator = np.random.default_rng(9)
    start = Evidence.start(effect=0.3, discordance=0.4, threshold=1e9)
    shares = []
    for _ in range(25):
        run, false = LongRun(), 0
        for number in range(30):
            effect = 0.3 if number % 3 == 0 else 0.0
            run = run.charge(str(number))
            chances = [0.2 + effect / 2, 0.2 - effect / 2, 0.6]
            draws = generator.choice([1.0, -1.0, 0.0], p=chances, size=(1, 150))
            threshold = run.of(str(number)).threshold
            ended = replay(
                Evidence(better=start.better, worse=start.worse, futile=start.futile, threshold=threshold),
                draws,
            )
            is_promoted = STOPS[ended.stop[0]] is Stop.REACHED
            false += is_promoted and effect == 0.0
            run = run.settle(judged(str(number), Decision.PROMOTE if is_promoted else Decision.REJECT))
        shares.append(false / max(1, run.promotions))

    assert np.mean(shares) <= 0.05
