"""Fresh pairs after the verdict: all of them, read once, with an interval that covers."""

from __future__ import annotations

import random
from functools import cache

import pytest

from benchmarks.experiment_confirm import confirm, confirmation, confirmation_plan
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.testing import (
    FAIL,
    PASS,
    SimulatedExecutor,
    pass_rates,
    simulated_checkout,
    simulated_pairs,
    simulated_tasks,
)
from benchmarks.gate.verdict import Claim

TASKS = simulated_tasks(60)


@cache
def plan_of(seed: int = 1, claim: Claim = "groups") -> ExperimentPlan:
    return plan_experiment(
        Design(suite="simulated", seed=seed, threshold=20.0, claim=claim),
        control=simulated_checkout("old"),
        candidate=simulated_checkout("new"),
        tasks=list(TASKS.values()),
    )


def test_all_fresh_pairs_are_run_and_none_of_the_experiment() -> None:
    """Nothing stops it early, and its runs feed nothing else."""
    plan = plan_of()
    fresh = confirmation_plan(plan, tasks=list(TASKS.values()))
    executor = SimulatedExecutor(ends=pass_rates(0.2, 0.9))
    found = confirm(fresh, tasks=TASKS, executor=executor)

    assert len(found.pairs) == 60
    assert len(executor.started) == 120
    assert not set(executor.started) & set(plan.run_keys())
    assert {pair.control_seed for pair in fresh.pairs}.isdisjoint(pair.control_seed for pair in plan.pairs)


def test_the_same_confirmation_is_answered_from_its_runs() -> None:
    """Asked again, nothing is paid twice."""
    fresh = confirmation_plan(plan_of(), tasks=list(TASKS.values()))
    executor = SimulatedExecutor(ends=pass_rates(0.4, 0.7))
    first = confirm(fresh, tasks=TASKS, executor=executor)
    again = SimulatedExecutor(ends=pass_rates(0.4, 0.7), store=executor.store, shuffle=3)

    assert confirm(fresh, tasks=TASKS, executor=again) == first
    assert again.started == []


def test_the_confirmed_effect_is_not_biased() -> None:
    """Fifteen confirmations of a true gain of 15 points, whatever their verdicts were."""
    confirmed = []
    for seed in range(15):
        fresh = confirmation_plan(plan_of(seed), tasks=list(TASKS.values()))
        executor = SimulatedExecutor(ends=pass_rates(0.5, 0.65))
        confirmed.append(confirm(fresh, tasks=TASKS, executor=executor).effect)

    assert sum(confirmed) / len(confirmed) == pytest.approx(0.15, abs=0.03)


def test_the_interval_covers_the_truth() -> None:
    """A hundred confirmations of 60 pairs that win .4 and lose .2."""
    generator = random.Random(8)
    plan, covered = plan_of(), 0
    for _ in range(100):
        kinds = generator.choices([(FAIL, PASS), (PASS, FAIL), (PASS, PASS)], [0.4, 0.2, 0.4], k=60)
        low, high = confirmation(plan, [pair.result() for pair in simulated_pairs(*kinds)]).interval
        covered += low <= 0.2 <= high

    assert covered >= 90


@pytest.mark.parametrize(("claim", "units"), [("groups", 1), ("suite", 3)])
def test_the_unit_is_that_of_the_claim(claim: Claim, units: int) -> None:
    """Runs of a group count together where the claim speaks for groups."""
    pairs = [pair.result() for pair in simulated_pairs((FAIL, PASS), (PASS, PASS), (FAIL, PASS))]
    pairs = [type(pair)(**{**vars(pair), "group": "g"}) for pair in pairs]
    found = confirmation(plan_of(claim=claim), pairs)

    assert found.units == units
    assert found.effect == pytest.approx(2 / 3)
    assert (found.interval == (-1.0, 1.0)) is (units == 1)


@pytest.mark.parametrize(("pairs", "reach"), [(6, 0.459), (92, 0.039)])
def test_pairs_that_all_agree_prove_no_equality(pairs: int, reach: float) -> None:
    """No variance was seen, which bounds how many tasks may differ; it does not say that none does."""
    found = confirmation(plan_of(), [pair.result() for pair in simulated_pairs(*[(PASS, PASS)] * pairs)])

    assert found.effect == 0.0
    assert found.interval == pytest.approx((-reach, reach), abs=0.001)
