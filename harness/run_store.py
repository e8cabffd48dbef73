"""What the segments say of runs: which keys are finished, and how many attempts each has had."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.root_attributes import is_root, result_of
from harness.runs import RunResult
from traces import attributes as names
from traces.segments import read_spans


@dataclass(frozen=True, kw_only=True)
class StoredRuns:
    """``finished`` maps a key to the result of its last scored attempt, ``attempts`` to the highest one begun."""

    finished: dict[str, RunResult] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)


def finished_runs(segments: Path) -> dict[str, RunResult]:
    """The last scored attempt of each key that has one; raises ``SegmentError``."""
    return stored_runs(segments).finished


def stored_runs(segments: Path) -> StoredRuns:
    """Read all segments of a folder once; raises ``SegmentError``."""
    stored = StoredRuns()
    for span in read_spans(segments):
        if span.name == names.RUN_STARTED:
            key, attempt = str(span.attributes[names.RUN_KEY]), span.attributes[names.RUN_ATTEMPT]
            assert isinstance(attempt, int)
            stored.attempts[key] = max(attempt, stored.attempts.get(key, 0))
        elif is_root(span):
            remember(stored, result_of(span))
    return stored


def remember(stored: StoredRuns, result: RunResult) -> None:
    """Take in one more result."""
    stored.attempts[result.key] = max(result.attempt, stored.attempts.get(result.key, 0))
    known = stored.finished.get(result.key)
    if result.outcome.is_scored and (known is None or known.attempt <= result.attempt):
        stored.finished[result.key] = result
