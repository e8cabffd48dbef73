"""Whether the bench's quick replay ends as whole experiments do, with plan, executor, guards and verdict."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan, plan_experiment
from benchmarks.gate.evidence import Stop
from benchmarks.gate.replay import STOPS, replay
from benchmarks.gate.testing import (
    FAIL,
    PASS,
    Ends,
    SimulatedExecutor,
    arm_of,
    simulated_checkout,
    simulated_tasks,
)
from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.gate_bench.size import SEED, Size, generator_for

TASKS = 40
RATES = ((0.5, 0.5), (0.3, 0.8), (0.8, 0.3))  # of control and candidate
_DECISIONS = {Stop.REACHED: Decision.PROMOTE, Stop.WORSE: Decision.REJECT}


def agreement(size: Size) -> dict[str, int]:
    """How many whole experiments were run, and in how many a replay of their differences ended otherwise."""
    disagreements = 0
    for number in range(size.whole):
        control, candidate = RATES[number % len(RATES)]
        plan = _plan(number)
        executor = SimulatedExecutor(
            ends=_ends({"control": control, "candidate": candidate}, generator_for("whole", str(number))),
            in_flight=4,
            shuffle=number,
        )
        verdict = run_experiment(plan, tasks=simulated_tasks(TASKS), executor=executor)
        disagreements += not _is_same(plan, verdict)
    return {"experiments": size.whole, "disagreements": disagreements}


def _plan(number: int) -> ExperimentPlan:
    return plan_experiment(
        Design(suite="simulated", seed=SEED, threshold=20.0, claim="suite", discordance=0.5, repeats=3),
        control=simulated_checkout("control"),
        candidate=simulated_checkout(f"candidate-{number}"),
        tasks=list(simulated_tasks(TASKS).values()),
    )


def _ends(rates: dict[str, float], generator: np.random.Generator) -> Ends:
    return lambda request: PASS if generator.random() < rates[arm_of(request)] else FAIL


def _is_same(plan: ExperimentPlan, verdict: Verdict) -> bool:
    """The same last bet, the same wealth and the decision that belongs to the stop."""
    taken = np.array([[point.difference for point in verdict.evidence]])
    endings = replay(plan.start, taken)
    decision = _DECISIONS.get(STOPS[int(endings.stop[0])], Decision.INCONCLUSIVE)
    return (
        int(endings.bets[0]) == len(verdict.evidence)
        and math.isclose(float(endings.wealth[0]), verdict.wealth, rel_tol=1e-9)
        and decision is verdict.decision
    )
