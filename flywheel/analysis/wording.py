"""The sentences about patterns that every output shares."""

from __future__ import annotations

from analyzers.pattern import Contrast
from analyzers.patterns import Candidate
from analyzers.quality import REASONS
from flywheel.wheel import Mined

_COMPARED = {
    "task": "runs of the same tasks compared",
    "repository": "runs of the same repositories compared",
    "suite": "all runs compared, not adjusted for how hard tasks are",
}
SIGNALS_ONLY = (
    "too few runs have an outcome: patterns rest on signals alone, and say what happens often, not what goes "
    "with failure; `flywheel traces label RUN --outcome failed|passed` tells of some"
)


def contrast_words(contrast: Contrast) -> str:
    """How much more often in failures, with the interval and what was compared."""
    if contrast.basis == "none":
        return "there are too few passes to compare with"
    low, high = contrast.interval
    return (
        f"in failures more often than in passes by {100 * contrast.difference:+.0f} points "
        f"({100 * low:+.0f} … {100 * high:+.0f}; {_COMPARED[contrast.basis]})"
    )


def candidate_words(candidate: Candidate) -> str:
    """How near something is to being a pattern, and what it would take."""
    more = (
        f"about {candidate.more_runs:,} more runs would show it, if shares stay"
        if candidate.more_runs is not None
        else "no number of further runs would show it, if shares stay"
    )
    return f"{candidate.name}: {counted(candidate.runs, 'run')}, {contrast_words(candidate.contrast)}; {more}"


def apart_words(reason: str, count: int) -> str:
    """How many runs were kept out, and why."""
    return f"{count:,} {reason}: {REASONS[reason]}" if reason in REASONS else f"{count:,} {reason}"


def nothing_found(mined: Mined) -> str:
    """What it means that there is no pattern."""
    if mined.rests_on == "signals":
        return "no pattern: nothing is shown to happen often"
    if mined.passed == mined.runs:
        return "no pattern: every run passed"
    return "no pattern: nothing is shown to occur more often in failures than in passes"


def counted(number: int, noun: str) -> str:
    """``1 run``, ``2,000 runs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def weight_words(weight: float, places: tuple[int, int]) -> str:
    """How much more (or less) attention a pattern gets than by its rank alone; empty where it is as much."""
    if weight == 1.0:
        return ""
    before, now = places
    moved = (
        f"place {before} by rank alone, {now} with it"
        if before != now
        else f"place {now} with and without it"
    )
    return f"weighs {weight:.2f} for what earlier rounds tried in vain: {moved}"
