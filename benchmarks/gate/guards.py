"""What may only block a promotion, asked once when the evidence has reached its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.gate.activation import Mechanism, activation_guard
from benchmarks.gate.block import Block
from benchmarks.gate.cost_guard import CostLimits, cost_guard
from benchmarks.gate.coverage import coverage_guard
from benchmarks.gate.paired_runs import PairedRuns
from benchmarks.gate.regression import Rerun, regression_guard


@dataclass(frozen=True, kw_only=True)
class Guards:
    """Settings of the guards, fixed before the first run.

    ``reliable`` are the tasks that always passed before (``regression.reliable_tasks``).
    """

    mechanism: Mechanism = field(default_factory=lambda: Mechanism(kind="other"))
    costs: CostLimits = field(default_factory=CostLimits)
    reliable: frozenset[str] = frozenset()


def first_block(guards: Guards, pairs: Sequence[PairedRuns], rerun: Rerun) -> Block | None:
    """The first objection, cheapest guard first; ``None`` lets the promotion pass."""
    return (
        activation_guard(guards.mechanism, pairs)
        or coverage_guard(pairs)
        or cost_guard(guards.costs, pairs)
        or regression_guard(guards.reliable, pairs, rerun)
    )
