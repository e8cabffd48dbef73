"""Candidates that break runs which go badly, through whole experiments: nobody gains by it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from statistics import mean

import pytest

from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.activation import Mechanism
from benchmarks.gate.coverage import coverage_guard
from benchmarks.gate.guards import Guards
from benchmarks.gate.testing import (
    FAIL,
    PASS,
    Ending,
    Ends,
    SimulatedExecutor,
    arm_of,
    luck,
    simulated_checkout,
    simulated_tasks,
)
from benchmarks.gate.verdict import Decision, Verdict
from harness.runs import RunRequest
from traces.outcome import Outcome

TASKS = simulated_tasks(80)
RATE = 0.6  # of both harnesses, were they left alone
SEEDS = range(5)
SHARES = (0.1, 0.5, 1.0)  # of the runs that would fail

Crash = Callable[[RunRequest], Ending]


def rescued(request: RunRequest) -> Ending:
    """It broke, was tried again, and had new luck: what a second chance is worth."""
    again = random.Random(f"again {request.key}").random() < RATE
    return replace(PASS if again else FAIL, attempt=2)


CRASHES: dict[str, Crash] = {
    "the agent process dies": lambda _: replace(FAIL, seconds=1.0, tokens=10),
    "it stalls": lambda _: replace(FAIL, outcome=Outcome.TIMED_OUT, seconds=900.0),
    "it runs into a limit": lambda _: replace(FAIL, outcome=Outcome.LIMIT_REACHED),
    "it poisons the sandbox": lambda _: Ending(outcome=Outcome.ERRORED, attempt=3),
    "its workspace breaks the verifier": lambda _: Ending(outcome=Outcome.ERRORED, attempt=3, score=1.0),
    "it is tried again": rescued,
}


@cache
def plan_of(seed: int) -> ExperimentPlan:
    """An experiment of 80 groups, as a campaign's first of eight candidates."""
    return plan_experiment(
        Design(suite="simulated", seed=seed, threshold=160.0),
        control=simulated_checkout("old"),
        candidate=simulated_checkout("new"),
        tasks=list(TASKS.values()),
    )


def breaking(share: float, crash: Crash) -> Ends:
    """Both arms would pass the same runs; the candidate breaks this share of those that it would fail."""

    def ends(request: RunRequest) -> Ending:
        if luck(request) < RATE:
            return PASS
        breaks = arm_of(request) == "candidate" and random.Random(f"share {request.key}").random() < share
        return crash(request) if breaks else FAIL

    return ends


def verdicts_on(ends: Ends) -> list[Verdict]:
    """What the shipped gate says, once for each seed."""
    guards = Guards(mechanism=Mechanism(kind="other"))
    return [
        run_experiment(plan_of(seed), tasks=TASKS, executor=SimulatedExecutor(ends=ends), guards=guards)
        for seed in SEEDS
    ]


def is_covered(verdict: Verdict) -> bool:
    """Whether the coverage guard would let it through."""
    return coverage_guard(verdict.pairs) is None


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("how", [how for how in CRASHES if how != "it is tried again"])
def test_breaking_what_would_fail_gains_nothing(how: str, share: float) -> None:
    """No difference is ever above zero: a failure is as good as it gets, and what is unscored counts at its worst."""
    verdicts = verdicts_on(breaking(share, CRASHES[how]))

    assert max(point.difference for verdict in verdicts for point in verdict.evidence) <= 0.0
    assert all(verdict.decision is not Decision.PROMOTE for verdict in verdicts)
    assert max(verdict.wealth for verdict in verdicts) <= 1.0


@pytest.mark.parametrize("share", SHARES)
def test_second_chances_promote_nobody(share: float) -> None:
    """They do raise the score; half of them are seen by the coverage guard, and a few are worth too little."""
    verdicts = verdicts_on(breaking(share, rescued))

    assert mean(verdict.effect_at_stop for verdict in verdicts) > 0.0
    assert all(verdict.decision is not Decision.PROMOTE for verdict in verdicts)
    assert not any(is_covered(verdict) for verdict in verdicts if verdict.wealth >= 160.0)
    if share == 1.0:
        assert "coverage" in {verdict.blocked_by for verdict in verdicts}


@pytest.mark.parametrize("allowed", range(7))
def test_how_many_second_chances_pass_is_known(allowed: int) -> None:
    """Up to four of them are no objection, and they are not enough for a promotion: it takes twice as many wins."""
    chances: set[str] = set()

    def ends(request: RunRequest) -> Ending:
        if luck(request) < RATE:
            return PASS
        if arm_of(request) == "control" or len(chances) >= allowed:
            return FAIL
        chances.add(request.key)
        return replace(PASS, attempt=2)

    executor = SimulatedExecutor(ends=ends)
    verdict = run_experiment(plan_of(1), tasks=TASKS, executor=executor)

    assert verdict.decision is not Decision.PROMOTE
    assert verdict.wealth < 160.0 / 2
    assert is_covered(verdict) is (sum(pair.candidate_attempt > 1 for pair in verdict.pairs) <= 4)
