"""The veto of tasks that used to pass every time and now fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.gate.block import Block
from benchmarks.gate.paired_runs import Arm
from benchmarks.gate.verdict import PairResult
from harness.runs import RunResult
from traces.outcome import Outcome

RELIABLE_RUNS = 5  # earlier runs that all passed
FRESH_RUNS = 6  # per arm, that feed nothing else
FEWER = 4  # passes of the candidate's fresh runs than of the control's: by chance at most 4 times in 100 (Fisher's exact test)

FreshRuns = Mapping[Arm, Sequence[RunResult]]
Rerun = Callable[[Sequence[str]], Mapping[str, FreshRuns]]
"""Runs each of these tasks ``FRESH_RUNS`` times in each arm."""


@dataclass(frozen=True, kw_only=True)
class EarlierRun:
    """One scored run of the control's lineage from before this experiment."""

    task: str
    outcome: Outcome


def reliable_tasks(history: Iterable[EarlierRun]) -> frozenset[str]:
    """Tasks whose last five scored runs before this experiment all passed.

    The set never comes from the experiment itself: what passed there and fails once more is regression to the mean.
    """
    passes: dict[str, list[bool]] = defaultdict(list)
    for run in history:
        if run.outcome.is_scored:
            passes[run.task].append(run.outcome is Outcome.PASSED)
    return frozenset(
        task
        for task, passed in passes.items()
        if len(passed) >= RELIABLE_RUNS and all(passed[-RELIABLE_RUNS:])
    )


def suspects(reliable: frozenset[str], pairs: Sequence[PairResult]) -> tuple[str, ...]:
    """Reliable tasks of which the candidate lost the majority of its runs, in the order they were met."""
    lost: dict[str, list[bool]] = defaultdict(list)
    for pair in pairs:
        if pair.task in reliable:
            lost[pair.task].append(pair.candidate_outcome is not Outcome.PASSED)
    return tuple(task for task, losses in lost.items() if 2 * sum(losses) > len(losses))


def regression_guard(reliable: frozenset[str], pairs: Sequence[PairResult], rerun: Rerun) -> Block | None:
    """Run the suspects afresh and block if the candidate fails where the control still passes."""
    doubtful = suspects(reliable, pairs)
    if not doubtful:
        return None
    fresh = rerun(doubtful)
    lost = [task for task in doubtful if _is_lost(fresh[task])]
    if not lost:
        return None
    passed = {arm: _passed(fresh[lost[0]][arm]) for arm in ("control", "candidate")}
    return Block(
        guard="regression",
        reason=(
            f"{len(lost)} task(s) that always passed now fail: {lost[0]} passed {passed['candidate']} of "
            f"{FRESH_RUNS} fresh candidate runs and {passed['control']} of {FRESH_RUNS} of the control's"
        ),
        runs=tuple(
            run.run_id
            for task in lost
            for run in fresh[task]["candidate"]
            if run.outcome is not Outcome.PASSED
        ),
    )


def _is_lost(fresh: FreshRuns) -> bool:
    """Four apart, so at most 2 of 6 against at least 4: 2 against 5 is luck too often, 0 against 4 is not."""
    return _passed(fresh["control"]) - _passed(fresh["candidate"]) >= FEWER


def _passed(runs: Sequence[RunResult]) -> int:
    return sum(run.outcome is Outcome.PASSED for run in runs)
