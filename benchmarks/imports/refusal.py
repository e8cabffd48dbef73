"""Why a task is not taken: a word for programs and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from benchmarks.errors import BenchmarkError


class Reason(StrEnum):
    """Everything that can keep a task out of a suite."""

    NEEDS_IMAGE = "needs_image"
    IMAGE_FAILS = "image_fails"
    NEEDS_DOCKER = "needs_docker"
    NEEDS_PACKAGES = "needs_packages"
    NEEDS_NETWORK = "needs_network"
    PASSES_UNTOUCHED = "passes_untouched"
    REFERENCE_FAILS = "reference_fails"
    NO_REFERENCE = "no_reference"
    VERIFIER_BROKEN = "verifier_broken"
    TIMES_OUT = "times_out"
    WRITES_OUTSIDE = "writes_outside"
    GIVES_AWAY = "gives_away"
    UNSAFE_FOLDER = "unsafe_folder"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One reason, with what it was seen by."""

    reason: Reason
    detail: str

    def __str__(self) -> str:
        return f"{self.reason.replace('_', ' ')}: {self.detail}"


class RefusedError(BenchmarkError):
    """A task cannot be taken; the importer lists it and goes on with the next."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """Say why."""
        self.refusal = Refusal(reason=reason, detail=detail)
        super().__init__(str(self.refusal))
