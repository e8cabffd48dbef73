"""Whether breaking infrastructure struck the candidate's runs more often than the control's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binomtest

from benchmarks.gate.block import Block
from benchmarks.gate.paired_runs import ARMS, Arm, PairedRuns, runs_of
from harness.runs import RunResult

CHANCE = 0.05  # of blocking where both arms break alike
SHOWN = 5  # runs named in an objection


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Runs whose first attempt gave a verdict on the harness, of all runs of each arm."""

    runs: int
    control: int
    candidate: int


def coverage(pairs: Sequence[PairedRuns]) -> Coverage:
    """Count first attempts; a run that was rescued by a retry is not covered."""
    broken = {arm: len(_broken(pairs, arm)) for arm in ARMS}
    return Coverage(
        runs=len(pairs),
        control=len(pairs) - broken["control"],
        candidate=len(pairs) - broken["candidate"],
    )


def coverage_guard(pairs: Sequence[PairedRuns]) -> Block | None:
    """Block when the candidate's runs broke so much more often that chance does not explain it.

    A retry is a second chance, so a candidate that breaks the infrastructure whenever it would fail gains
    by it. Under equal breakage each broken run falls on either arm alike: one-sided sign test at 5 %.
    """
    control, candidate = _broken(pairs, "control"), _broken(pairs, "candidate")
    total = len(control) + len(candidate)
    if not total or binomtest(len(candidate), total, 0.5, alternative="greater").pvalue > CHANCE:
        return None
    return Block(
        guard="coverage",
        reason=(
            f"infrastructure broke in {len(candidate)} of {len(pairs)} candidate runs "
            f"but in {len(control)} of the control's"
        ),
        runs=tuple(run.run_id for run in candidate[:SHOWN]),
    )


def _broken(pairs: Sequence[PairedRuns], arm: Arm) -> tuple[RunResult, ...]:
    return tuple(run for run in runs_of(pairs, arm) if run.attempt > 1 or not run.outcome.is_scored)
