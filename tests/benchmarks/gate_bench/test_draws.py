"""Simulated differences have the truth that they are said to have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gate_bench.draws import pass_rates, passes, suite_order, trinomial
from tests.examples import examples


@pytest.mark.parametrize(("effect", "discordance"), [(0.0, 0.2), (0.1, 0.2), (-0.25, 0.4), (0.5, 0.3)])
def test_differences_have_the_wanted_mean_and_mean_square(
    generator: np.random.Generator, effect: float, discordance: float
) -> None:
    """And are -1, 0 or 1; the mean square is never below the mean's size."""
    drawn = trinomial(generator, (400, 500), effect=effect, discordance=discordance)

    assert set(np.unique(drawn)) <= {-1.0, 0.0, 1.0}
    assert drawn.mean() == pytest.approx(effect, abs=0.005)
    assert (drawn**2).mean() == pytest.approx(max(discordance, abs(effect)), abs=0.005)


def test_each_row_may_have_its_own_effect(generator: np.random.Generator) -> None:
    """Helpful and harmful candidates in one draw."""
    drawn = trinomial(generator, (2, 40_000), effect=np.array([0.2, -0.1]), discordance=0.3)

    assert drawn.mean(axis=1) == pytest.approx([0.2, -0.1], abs=0.01)


@pytest.mark.parametrize("discordance", [0.02, 0.2, 0.25, 0.4])
def test_two_runs_at_these_pass_rates_differ_so_often(
    generator: np.random.Generator, discordance: float
) -> None:
    """Half of all runs pass, whatever the noise."""
    rates = pass_rates(generator, (300, 500), discordance)
    differences = passes(generator, rates, rates.shape) - passes(generator, rates, rates.shape)

    assert (differences**2).mean() == pytest.approx(discordance, abs=0.005)
    assert rates.mean() == pytest.approx(0.5, abs=0.01)


@settings(deadline=None, max_examples=examples(20))
@given(repeats=st.integers(1, 4), tasks=st.integers(1, 6), seed=st.integers(0, 99))
def test_each_repeat_is_an_order_of_all_its_tasks(repeats: int, tasks: int, seed: int) -> None:
    """Nothing moves from one repeat to another and nothing is lost."""
    by_task = np.arange(2.0 * repeats * tasks).reshape(2, repeats, tasks)
    bets = suite_order(np.random.default_rng(seed), by_task)

    assert np.sort(bets.reshape(2, repeats, tasks), axis=2).tolist() == by_task.tolist()


def test_repeats_have_orders_of_their_own(generator: np.random.Generator) -> None:
    """A task does not keep its place."""
    bets = suite_order(generator, np.broadcast_to(np.arange(50.0), (1, 2, 50)))[0]

    assert bets[:50].tolist() != bets[50:].tolist()
