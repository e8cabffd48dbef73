"""Cost: ratios over all pairs, limits of the policy, and the runs that show it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.cost_guard import SHOWN, CostLimits, CostRatios, cost_guard, cost_ratios
from benchmarks.gate.testing import FAIL, PASS, Ending, simulated_pairs
from traces.outcome import Outcome

FREE = replace(PASS, tokens=0, seconds=0.0)


@pytest.mark.parametrize(
    ("ratios", "headline"),
    [
        (CostRatios(tokens=2.0, seconds=3.0, money=1.5), 1.5),
        (CostRatios(tokens=2.0, seconds=3.0, money=None), 2.0),
        (CostRatios(tokens=None, seconds=3.0, money=None), 3.0),
        (CostRatios(tokens=None, seconds=None, money=None), None),
        (CostRatios(tokens=2.0, seconds=None, money=0.0), 0.0),
    ],
)
def test_the_headline_is_money_then_tokens_then_seconds(ratios: CostRatios, headline: float | None) -> None:
    """The first that is known, a ratio of zero included."""
    assert ratios.headline == headline


def test_a_control_that_cost_nothing_gives_no_ratio_and_no_objection() -> None:
    """Nothing can be a multiple of zero; a model without prices must not block every candidate."""
    pairs = simulated_pairs((FREE, replace(PASS, cost_usd=5.0)))

    assert cost_ratios(pairs) == CostRatios(tokens=None, seconds=None, money=None)
    assert cost_guard(CostLimits(), pairs) is None


def test_without_pairs_nothing_is_known() -> None:
    """No division by zero."""
    assert cost_ratios(()).headline is None
    assert cost_guard(CostLimits(), ()) is None


@given(costs=st.lists(st.tuples(st.integers(1, 9_000), st.integers(0, 9_000)), min_size=1, max_size=8))
def test_a_ratio_is_of_means_and_not_a_mean_of_ratios(costs: list[tuple[int, int]]) -> None:
    """One cheap task whose cost multiplied does not weigh more than a dear one."""
    pairs = simulated_pairs(*[(replace(PASS, tokens=old), replace(PASS, tokens=new)) for old, new in costs])
    expected = sum(new for _, new in costs) / sum(old for old, _ in costs)

    assert cost_ratios(pairs).tokens == pytest.approx(expected)


def test_runs_that_failed_or_broke_cost_as_well() -> None:
    """What was spent was spent, whatever came of it."""
    failed = replace(FAIL, tokens=3000)
    errored = replace(Ending(outcome=Outcome.ERRORED), tokens=5000)

    assert cost_ratios(simulated_pairs((PASS, failed), (PASS, errored))).tokens == 4.0


@pytest.mark.parametrize(
    ("limits", "guarded"),
    [
        (CostLimits(tokens=1.1), "tokens"),
        (CostLimits(seconds=1.1), "seconds"),
        (CostLimits(money=1.1), "money"),
        (CostLimits(tokens=1.1, seconds=1.1, money=1.1), "tokens"),
        (CostLimits(tokens=1.5, seconds=1.5, money=1.5), None),
    ],
)
def test_each_limit_is_its_own_and_tokens_speak_first(limits: CostLimits, guarded: str | None) -> None:
    """All costs grew by half: the policy decides which of them is too much, and just the limit is allowed."""
    cheap = replace(PASS, cost_usd=1.0)
    dear = replace(PASS, tokens=1500, seconds=90.0, cost_usd=1.5)
    block = cost_guard(limits, simulated_pairs((cheap, dear)))

    assert (block.reason if block else None) == (
        f"a run takes 1.50 times the control's {guarded}; the policy allows 1.10" if guarded else None
    )


def test_the_costliest_runs_are_shown_first() -> None:
    """By the cost that is objected to, the dearest first, at most five."""
    order = [3, 9, 1, 7, 2, 8, 4]
    pairs = simulated_pairs(*[(replace(PASS, seconds=1.0), replace(PASS, seconds=rank)) for rank in order])
    block = cost_guard(CostLimits(), pairs)

    assert block is not None
    assert block.runs == tuple(pairs[order.index(rank)].candidate.run_id for rank in (9, 8, 7, 4, 3))
    assert len(block.runs) == SHOWN
