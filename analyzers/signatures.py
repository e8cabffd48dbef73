"""Signatures: how a run failed, and the identity of what failed so by the same mechanism."""

from __future__ import annotations

import hashlib

from analyzers.pattern import Signature
from traces.outcome import Outcome
from traces.run import Run

_HARNESS_FAULTS = ("agent_crashed", "middleware_error", "harness_invalid", "agent_stalled")


def is_failure(run: Run) -> bool:
    """Whether the run has a verdict and it is not ``passed``."""
    return run.outcome.is_scored and run.outcome is not Outcome.PASSED


def cause_kind(run: Run) -> str:
    """The coarse cause: ``failed``, ``timed_out``, ``limit_reached``, ``harness_fault`` or ``unknown``."""
    if run.reason.startswith(_HARNESS_FAULTS):
        return "harness_fault"
    return run.outcome.value


def pattern_id(signature: Signature, part: str = "") -> str:
    """The first identity of a pattern: of a signature, or of the part of it that ``part`` tells apart."""
    content = "\n".join((signature.cause, signature.mechanism, *([part] if part else [])))
    return "p-" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:10]
