"""How a run ended."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The six endings; only ``ERRORED`` and ``UNKNOWN`` give no verdict on the harness."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    LIMIT_REACHED = "limit_reached"
    ERRORED = "errored"
    UNKNOWN = "unknown"

    @property
    def is_scored(self) -> bool:
        """Whether this ending says something about the harness."""
        return self not in {Outcome.ERRORED, Outcome.UNKNOWN}
