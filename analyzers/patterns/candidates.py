"""What nearly is a pattern, and how many more runs would tell."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analyzers.patterns.contrast import Comparison, Share, difference
from analyzers.patterns.found import Candidate
from analyzers.patterns.mechanisms import mechanisms
from analyzers.patterns.naming import pattern_name
from analyzers.patterns.panel import Integers, Panel

_MOST = 3
_PATIENCE = 64  # times the present runs: what needs more is not worth waiting for


def candidates(
    left: Mapping[str, Integers],
    panel: Panel,
    passing: Integers,
    *,
    comparisons: int,
    titles: Mapping[str, str],
) -> tuple[Candidate, ...]:
    """The three surest mechanisms among the failures that are ``left`` of each cause, the surest first."""
    compared = {cause: Comparison(panel, rows, passing) for cause, rows in left.items()}
    missed = [
        mechanism
        for cause, rows in left.items()
        for mechanism in mechanisms(cause, panel, rows, passing, comparisons=comparisons)
    ]
    nearest = sorted(missed, key=lambda each: (-each.contrast.interval[0], each.signature.mechanism))[:_MOST]
    found = []
    for mechanism in nearest:
        signature = mechanism.signature
        failed, passed = compared[signature.cause].worth(panel.showing[signature.mechanism])
        runs = len(left[signature.cause]) + len(passing)
        found.append(
            Candidate(
                signature=signature,
                name=pattern_name(signature, titles=titles),
                runs=len(mechanism.members),
                contrast=mechanism.contrast,
                more_runs=_more_runs(failed, passed, runs, comparisons),
            )
        )
    return tuple(found)


def _more_runs(failed: Share, passed: Share, runs: int, comparisons: int) -> int | None:
    if not passed.runs or not _is_enough(failed, passed, _PATIENCE, comparisons):
        return None
    low, high = 1.0, float(_PATIENCE)
    while high - low > 0.02 * low:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if _is_enough(failed, passed, middle, comparisons) else (middle, high)
    return max(1, math.ceil((high - 1) * runs))


def _is_enough(failed: Share, passed: Share, times: float, comparisons: int) -> bool:
    """Whether so many times the runs, with the same shares, would show a difference."""
    grown = (Share(value=share.value, runs=share.runs * times) for share in (failed, passed))
    return difference(*grown, comparisons=comparisons)[0] > 0
