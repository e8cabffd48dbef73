"""Whether breaking infrastructure struck the candidate's runs more often than the control's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binomtest

from benchmarks.gate.block import Block
from benchmarks.gate.verdict import PairResult

CHANCE = 0.05  # of blocking where both arms break alike
SHOWN = 5  # runs named in an objection


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Runs whose first attempt gave a verdict on the harness, of all runs of each arm."""

    runs: int
    control: int
    candidate: int


def coverage(pairs: Sequence[PairResult]) -> Coverage:
    """Count first attempts; a run that was rescued by a retry is not covered, nor one that was lost (decision 14)."""
    return Coverage(
        runs=len(pairs),
        control=len(pairs) - len(_broken_controls(pairs)),
        candidate=len(pairs) - len(_broken_candidates(pairs)),
    )


def coverage_guard(pairs: Sequence[PairResult]) -> Block | None:
    """Block when the candidate's runs broke so much more often that chance does not explain it.

    A retry is a second chance, so a candidate that breaks the infrastructure whenever it would fail gains
    by it. Under equal breakage each broken run falls on either arm alike: one-sided sign test at 5 %.
    """
    control, candidate = _broken_controls(pairs), _broken_candidates(pairs)
    total = len(control) + len(candidate)
    if not total or binomtest(len(candidate), total, 0.5, alternative="greater").pvalue > CHANCE:
        return None
    return Block(
        guard="coverage",
        reason=(
            f"infrastructure broke in {len(candidate)} of {len(pairs)} candidate runs "
            f"but in {len(control)} of the control's"
        ),
        runs=candidate[:SHOWN],
    )


def _broken_controls(pairs: Sequence[PairResult]) -> tuple[str, ...]:
    return tuple(
        pair.control_run for pair in pairs if pair.control_attempt > 1 or not pair.control_outcome.is_scored
    )


def _broken_candidates(pairs: Sequence[PairResult]) -> tuple[str, ...]:
    return tuple(
        pair.candidate_run
        for pair in pairs
        if pair.candidate_attempt > 1 or not pair.candidate_outcome.is_scored
    )
