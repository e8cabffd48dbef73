"""The verdict as a function of the findings: decisions, reasons in plain English, what more it takes."""

from __future__ import annotations

import pytest

from benchmarks.gate.block import Block
from benchmarks.gate.cost_guard import CostRatios
from benchmarks.gate.coverage import Coverage
from benchmarks.gate.decide import decide
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.findings import Findings
from benchmarks.gate.more import bets_to_threshold
from benchmarks.gate.verdict import Decision, EvidencePoint


def findings_of(
    differences: list[float],
    *,
    stop: Stop,
    block: Block | None = None,
    interval: tuple[float, float] = (0.05, 0.4),
    control_covered: int | None = None,
) -> Findings:
    evidence = Evidence.start(effect=0.2, discordance=0.24, threshold=160.0)
    points = []
    for bet, difference in enumerate(differences):
        evidence = evidence.after(difference)
        points.append(
            EvidencePoint(
                bet=bet, group=f"g{bet}", difference=difference, wealth=evidence.wealth, lower_bound=-1.0
            )
        )
    runs = len(differences)
    return Findings(
        claim="groups",
        planned_bets=80,
        planned_effect=0.2,
        stop=stop,
        evidence=evidence,
        interval=interval,
        points=tuple(points),
        pairs=(),
        activation="fired",
        costs=CostRatios(tokens=1.5, seconds=1.0, money=None),
        coverage=Coverage(
            runs=runs, control=runs if control_covered is None else control_covered, candidate=runs
        ),
        block=block,
    )


BLOCK = Block(guard="cost", reason="a run takes 3.00 times the control's tokens", runs=("a", "b"))


@pytest.mark.parametrize(
    ("stop", "block", "decision"),
    [
        (Stop.REACHED, None, Decision.PROMOTE),
        (Stop.REACHED, BLOCK, Decision.REJECT),
        (Stop.WORSE, None, Decision.REJECT),
        (Stop.FUTILE, None, Decision.INCONCLUSIVE),
        (Stop.BUDGET, None, Decision.INCONCLUSIVE),
    ],
)
def test_the_decision_follows_from_the_stop_and_the_guards(
    stop: Stop, block: Block | None, decision: Decision
) -> None:
    """Promote exactly when the threshold was reached and nothing blocks."""
    verdict = decide(findings_of([1.0, 0.0, -1.0], stop=stop, block=block))

    assert verdict.decision is decision
    assert verdict.futile is (stop is Stop.FUTILE)
    assert bool(verdict.more) is (decision is Decision.INCONCLUSIVE)


@pytest.mark.parametrize(
    ("stop", "block", "words"),
    [
        (Stop.REACHED, None, "better by at least 5.0 points: won 2 and lost 1 of 4 groups, +25.0 points"),
        (
            Stop.REACHED,
            BLOCK,
            "blocked by the cost guard: a run takes 3.00 times the control's tokens (won 2",
        ),
        (
            Stop.WORSE,
            None,
            "shown to be worse: won 2 and lost 1 of 4 groups, +25.0 points on average, at best",
        ),
        (Stop.FUTILE, None, "futile: won 2 and lost 1 of 4 groups"),
        (Stop.BUDGET, None, "undecided when the budget ended: won 2 and lost 1 of 4 groups"),
    ],
)
def test_reasons_are_sentences_with_their_numbers(stop: Stop, block: Block | None, words: str) -> None:
    """What a reviewer reads first."""
    verdict = decide(findings_of([1.0, 1.0, 0.0, -1.0], stop=stop, block=block))

    assert verdict.reason.startswith(words)


def test_a_block_names_its_guard_and_runs() -> None:
    """So that a person can look at them."""
    verdict = decide(findings_of([1.0], stop=Stop.REACHED, block=BLOCK))

    assert (verdict.blocked_by, verdict.blocking_runs) == ("cost", ("a", "b"))


def test_the_verdict_carries_what_the_findings_hold() -> None:
    """Numbers are passed on as they are."""
    verdict = decide(findings_of([1.0, 0.5, 0.0], stop=Stop.BUDGET, interval=(-0.1, 0.7)))

    assert verdict.effect_at_stop == pytest.approx(0.5)
    assert verdict.interval == (-0.1, 0.7)
    assert verdict.cost_ratio == 1.5
    assert verdict.groups_used == 3
    assert verdict.threshold == 160.0
    assert verdict.notes == ()


def test_incomplete_coverage_is_noted() -> None:
    """A reader learns how many runs needed a second attempt."""
    verdict = decide(findings_of([0.0] * 10, stop=Stop.BUDGET, control_covered=8))

    assert verdict.notes == (
        "coverage: 8 control and 10 candidate runs of 10 gave a verdict at the first attempt",
    )


def test_the_bets_still_needed_suffice_if_the_trend_goes_on() -> None:
    """Three wins in ten: repeating them as often as told reaches the threshold."""
    trend = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    needed = bets_to_threshold(findings_of(trend, stop=Stop.BUDGET))

    assert needed is not None
    rounds = 1 + -(-needed // len(trend))
    assert findings_of(trend * rounds, stop=Stop.BUDGET).evidence.wealth >= 160.0
    assert findings_of(trend * 2, stop=Stop.BUDGET).evidence.wealth < 160.0


@pytest.mark.parametrize("differences", [[0.0, 0.0], [1.0, -1.0], [-1.0, -1.0], []])
def test_without_growth_no_number_of_bets_is_promised(differences: list[float]) -> None:
    """Ties, balance and losses lead nowhere."""
    assert bets_to_threshold(findings_of(differences, stop=Stop.BUDGET)) is None
