"""What may only block a promotion, asked once when the evidence has reached its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.gate.activation import Mechanism, activation_guard
from benchmarks.gate.block import Block
from benchmarks.gate.cost_guard import CostLimits, cost_guard
from benchmarks.gate.coverage import coverage_guard
from benchmarks.gate.drift import drift_guard
from benchmarks.gate.paired_runs import PairedRuns, results_of
from benchmarks.gate.regression import Rerun, regression_guard
from benchmarks.gate.verdict import PairResult


@dataclass(frozen=True, kw_only=True)
class Guards:
    """Settings of the guards, fixed before the first run.

    ``reliable`` are the tasks that always passed before (``regression.reliable_tasks``).
    """

    mechanism: Mechanism = field(default_factory=lambda: Mechanism(kind="other"))
    costs: CostLimits = field(default_factory=CostLimits)
    reliable: frozenset[str] = frozenset()


def first_block(
    guards: Guards, pairs: Sequence[PairedRuns], rerun: Rerun, *, earlier: Sequence[PairResult] = ()
) -> Block | None:
    """The first objection, cheapest guard first; ``None`` lets the promotion pass.

    ``earlier`` are the pairs of the experiment's earlier parts: coverage and regressions count them too; drift is
    asked of each part for itself, so that a part which drifted can be made good by another.
    """
    results = (*earlier, *results_of(pairs))
    return (
        activation_guard(guards.mechanism, pairs)
        or coverage_guard(results)
        or drift_guard(results_of(pairs))
        or cost_guard(guards.costs, pairs)
        or regression_guard(guards.reliable, results, rerun)
    )
