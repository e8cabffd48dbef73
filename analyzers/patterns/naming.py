"""Names of patterns that a person would give."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analyzers.detectors import default_detectors
from analyzers.pattern import Signature

_ENDINGS = MappingProxyType(
    {
        "failed": "fails its verifier",
        "timed_out": "runs out of time",
        "limit_reached": "runs out of steps",
        "harness_fault": "the harness breaks",
        "unknown": "no verdict",
    }
)


def pattern_name(signature: Signature, part: str = "", titles: Mapping[str, str] | None = None) -> str:
    """The mechanism in words, then the ending: "Ends without testing its last edit (fails its verifier)".

    ``part`` is the word that tells the pattern from others of its signature; ``titles`` are those of the detectors.
    """
    known = detector_titles() if titles is None else titles
    mechanism = known.get(signature.mechanism, signature.mechanism.replace("_", " ").capitalize())
    told = f"{mechanism}: {part}" if part else mechanism
    return f"{told} ({_ENDINGS.get(signature.cause, signature.cause.replace('_', ' '))})"


def detector_titles() -> Mapping[str, str]:
    """What each detector sees, by its name."""
    return {detector.name: detector.title for detector in default_detectors()}
