"""Names of patterns that a person would give."""

from __future__ import annotations

from analyzers.detectors import default_detectors
from analyzers.pattern import Signature

_ENDINGS = {
    "failed": "fails its verifier",
    "timed_out": "runs out of time",
    "limit_reached": "runs out of steps",
    "harness_fault": "the harness breaks",
    "unknown": "no verdict",
}


def pattern_name(signature: Signature) -> str:
    """The mechanism in words, then the ending: "Ends without testing its last edit (fails its verifier)"."""
    titles = {detector.name: detector.title for detector in default_detectors()}
    mechanism = titles.get(signature.mechanism, signature.mechanism.replace("_", " ").capitalize())
    return f"{mechanism} ({_ENDINGS.get(signature.cause, signature.cause.replace('_', ' '))})"
