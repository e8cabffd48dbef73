"""A planned experiment is what the shipped planner would start."""

from __future__ import annotations

import pytest

from benchmarks.experiment_plan import Design, plan_experiment
from benchmarks.gate.power import POWER, prospects
from benchmarks.gate.testing import simulated_checkout, simulated_tasks
from benchmarks.gate_bench.planned import ALONE, SUITE, Planned


@pytest.mark.parametrize("planned", [SUITE, ALONE], ids=["twenty candidates", "one candidate"])
def test_the_planned_effect_keeps_its_power(planned: Planned) -> None:
    """Curtailed or not."""
    ahead = prospects(
        planned.start(), effect=planned.effect, discordance=planned.discordance, bets=planned.bets
    )

    assert ahead.reached >= POWER - 0.005


def test_candidates_share_the_error_budget() -> None:
    """Twenty at 5 %: one in 400 each."""
    assert (SUITE.threshold, ALONE.threshold) == (400.0, 20.0)


def test_the_evidence_is_that_of_a_real_plan() -> None:
    """Bets, threshold and floors are equal for 40 tasks, three times each."""
    tasks = simulated_tasks(40)
    plan = plan_experiment(
        Design(suite="s", seed=1, threshold=20.0, claim="suite", effect=0.15, discordance=0.2, repeats=3),
        control=simulated_checkout("a"),
        candidate=simulated_checkout("b"),
        tasks=list(tasks.values()),
    )

    assert Planned(effect=0.15, discordance=0.2, bets=120, candidates=1).start() == plan.start


def test_a_budget_without_power_is_not_curtailed() -> None:
    """It runs to its end."""
    assert Planned(effect=0.1, discordance=0.3, bets=40).start().floors is None
