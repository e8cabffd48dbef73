"""The most that the cure of a pattern can gain: the failures that are the pattern's own."""

from __future__ import annotations

from scipy.stats import beta

from flywheel.wheel import Mined

CONFIDENCE = 0.95  # a change is refused only where less is sure, not where few runs happen to show little


def largest_gain(mined: Mined, pattern: str) -> float:
    """Failure rate × the share of the failures that a pattern's mechanism explains, as a share of all runs, 0..1.

    Patterns with the same mechanism count together, whatever the cause they end in: one cure answers them all. It is
    the upper end of the 95 % interval of Clopper and Pearson (Biometrika 1934) for that share, since ``mine``
    has few runs. 1 where the pattern is not known, or where no run has a verdict: nothing bounds the gain then.
    """
    known = {found.id: found for found in mined.patterns}
    if pattern not in known or mined.rests_on != "outcomes" or not mined.runs:
        return 1.0
    mechanism = known[pattern].signature.mechanism
    alike = [found for found in mined.patterns if found.signature.mechanism == mechanism]
    count = len({run for found in alike for run in found.run_ids})
    if count >= mined.runs:
        return 1.0
    return float(beta.ppf(CONFIDENCE, count + 1, mined.runs - count))
