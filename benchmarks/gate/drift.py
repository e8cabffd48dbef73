"""Whether the control itself changed while the experiment ran."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from benchmarks.gate.block import Block
from benchmarks.gate.verdict import PairResult

LARGEST = 3.0  # of |z|: blocks about 3 in 1000 clean experiments
SHOWN = 5  # runs named in an objection


def control_drift(pairs: Sequence[PairResult]) -> float | None:
    """The z score of the control's later runs against its earlier ones, paired by task; ``None`` where nothing differs.

    The control's scored runs of each task, in the planned order, are cut in the middle (of an odd number the
    middle one is left out), and the task gives one number d, later minus earlier mean. z = Σd / √Σd². If nothing
    drifts the runs of a task are exchangeable, so the sign of each d is a fair coin whatever the tasks are like:
    P(|z| > 3) is about .003 and never above 2·exp(-9/2) = .022 (Hoeffding 1963; self-normalised: Efron 1969). One
    test, made once at the end. Tasks run once say nothing.
    """
    moved = _moves(pairs)
    square = sum(move**2 for move in moved.values())
    return sum(moved.values()) / math.sqrt(square) if square > 0.0 else None


def drift_guard(pairs: Sequence[PairResult]) -> Block | None:
    """Block a promotion whose control drifted; more pairs continue the same wealth once that is mended."""
    z = control_drift(pairs)
    if z is None or abs(z) <= LARGEST:
        return None
    moved = _moves(pairs)
    most = sorted(moved, key=lambda task: -abs(moved[task]))[:SHOWN]
    return Block(
        guard="drift",
        reason=(
            f"the control's own results {'rose' if z > 0 else 'fell'} during the experiment (z = {z:+.1f} over "
            f"{len(moved)} tasks): what runs it has changed"
        ),
        runs=tuple(next(pair.control_run for pair in reversed(pairs) if pair.task == task) for task in most),
    )


def _moves(pairs: Sequence[PairResult]) -> dict[str, float]:
    scores: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        if pair.control_score is not None:
            scores[pair.task].append(pair.control_score)
    moves = {}
    for task, seen in scores.items():
        half = len(seen) // 2
        if half:
            moves[task] = (sum(seen[-half:]) - sum(seen[:half])) / half
    return moves
