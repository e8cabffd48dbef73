"""How much more often a mechanism occurs in failures than in passes of the same task."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scipy.stats import norm

from analyzers.pattern import Contrast
from traces.run import Run

_ERROR = 0.05  # one-sided, shared among all mechanisms that are compared
_LEAST = 8  # failures, and passes, that tasks with both outcomes must hold to be the basis


@dataclass(frozen=True, kw_only=True)
class _Arm:
    """A share among runs of one ending, with the number of runs that it is worth."""

    share: float
    runs: float


def contrast_of(
    shown: Collection[str], failures: Sequence[Run], passes: Sequence[Run], *, comparisons: int = 1
) -> Contrast:
    """The difference of the shares of runs in ``shown``, with an interval corrected for ``comparisons``.

    Mantel-Haenszel weights over the tasks with both outcomes, so that a hard task does not pass for a
    mechanism; the interval is the stratified Newcombe one (Yan & Su, "Stratified Wilson and Newcombe
    Confidence Intervals for Multiple Binomial Proportions", 2010), which holds up where a share is 0 or 1.
    With too few such tasks all runs are compared (``suite``); without any pass the share itself is given,
    and the basis is ``none``.
    """
    z = float(norm.ppf(1 - _ERROR / max(1, comparisons)))
    if not failures:
        return Contrast(difference=0.0, interval=(-1.0, 1.0), basis="none")
    if not passes:
        arm = _pooled(shown, failures)
        return Contrast(difference=arm.share, interval=_wilson(arm, z), basis="none")
    mixed = _mixed_tasks(failures, passes)
    if min(sum(len(f) for f, _ in mixed), sum(len(p) for _, p in mixed)) >= _LEAST:
        failed, passed = _stratified(shown, mixed)
        return _newcombe(failed, passed, z, basis="task")
    return _newcombe(_pooled(shown, failures), _pooled(shown, passes), z, basis="suite")


def _mixed_tasks(failures: Sequence[Run], passes: Sequence[Run]) -> list[tuple[list[Run], list[Run]]]:
    """Failures and passes of each task that has both; runs of no task (foreign ones) are left out."""
    strata: dict[str, tuple[list[Run], list[Run]]] = defaultdict(lambda: ([], []))
    for position, runs in enumerate((failures, passes)):
        for run in runs:
            if run.task:
                strata[run.task][position].append(run)
    return [strata[task] for task in sorted(strata) if strata[task][0] and strata[task][1]]


def _stratified(shown: Collection[str], strata: Sequence[tuple[list[Run], list[Run]]]) -> tuple[_Arm, _Arm]:
    """Both arms under Mantel-Haenszel weights, each worth the runs that give the same variance."""
    weights = [len(failed) * len(passed) / (len(failed) + len(passed)) for failed, passed in strata]
    total = sum(weights)
    arms = []
    for position in (0, 1):
        sides = [stratum[position] for stratum in strata]
        share = sum(w * _pooled(shown, runs).share for w, runs in zip(weights, sides, strict=True)) / total
        variance = sum(w * w / len(runs) for w, runs in zip(weights, sides, strict=True)) / total**2
        arms.append(_Arm(share=share, runs=1 / variance))
    return arms[0], arms[1]


def _pooled(shown: Collection[str], runs: Sequence[Run]) -> _Arm:
    return _Arm(share=sum(run.run_id in shown for run in runs) / len(runs), runs=len(runs))


def _newcombe(failed: _Arm, passed: _Arm, z: float, *, basis: str) -> Contrast:
    difference = failed.share - passed.share
    (low_failed, high_failed), (low_passed, high_passed) = _wilson(failed, z), _wilson(passed, z)
    lower = difference - math.hypot(failed.share - low_failed, high_passed - passed.share)
    upper = difference + math.hypot(high_failed - failed.share, passed.share - low_passed)
    return Contrast(
        difference=difference,
        interval=(max(-1.0, lower), min(1.0, upper)),
        basis="task" if basis == "task" else "suite",
    )


def _wilson(arm: _Arm, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share."""
    spread = z * z / arm.runs
    centre = (arm.share + spread / 2) / (1 + spread)
    half = z * math.sqrt(arm.share * (1 - arm.share) / arm.runs + spread / (4 * arm.runs)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
