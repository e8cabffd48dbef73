"""Simulated scores as the pairs that the gate's guards look at."""

from __future__ import annotations

from benchmarks.gate.verdict import PairResult
from benchmarks.gate_bench.draws import Floats
from traces.outcome import Outcome


def pairs_of(control: Floats, candidate: Floats) -> tuple[PairResult, ...]:
    """Pairs from passes (1) and failures (0) by repeat and task, in the planned order, all scored at once."""
    repeats, tasks = control.shape
    return tuple(
        pair_of(repeat * tasks + task, task, bool(control[repeat, task]), bool(candidate[repeat, task]))
        for repeat in range(repeats)
        for task in range(tasks)
    )


def pair_of(position: int, task: int, control: bool, candidate: bool) -> PairResult:
    """One pair whose runs passed or failed at the first attempt."""
    return PairResult(
        position=position,
        task=str(task),
        group=str(task),
        control_run=f"{position}/control",
        candidate_run=f"{position}/candidate",
        control_score=float(control),
        candidate_score=float(candidate),
        control_outcome=Outcome.PASSED if control else Outcome.FAILED,
        candidate_outcome=Outcome.PASSED if candidate else Outcome.FAILED,
    )
