"""Signatures: how a run failed, and the mechanism that explains it best."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzers.contrast import contrast_of
from analyzers.pattern import Contrast, Signature
from analyzers.signal import Signal
from traces.outcome import Outcome
from traces.run import Run

LEAST_RUNS = 3  # fewer are an anecdote
_HARNESS_FAULTS = ("agent_crashed", "middleware_error", "harness_invalid", "agent_stalled")
_GRID = 20  # contrasts within a twentieth of each other are equal: order must not flip with noise
_KEEP = 0.1  # what a known pattern's mechanism is favoured by, so that identities last


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """A detector's signals within one kind of cause, and how well they set failures apart from passes."""

    signature: Signature
    shown: frozenset[str]
    contrast: Contrast
    severity: float
    symptom: bool

    @property
    def explains(self) -> bool:
        """Whether it is surely more common in failures; without any pass that cannot be known, and it may."""
        return len(self.shown) >= LEAST_RUNS and self.contrast.interval[0] > 0

    @property
    def certainty(self) -> float:
        """1 where passes stood as contrast; else the severity stands in for the doubt."""
        return self.severity if self.contrast.basis == "none" else 1.0


def cause_kind(run: Run) -> str:
    """The coarse cause: ``failed``, ``timed_out``, ``limit_reached``, ``harness_fault`` or ``unknown``."""
    if run.reason.startswith(_HARNESS_FAULTS):
        return "harness_fault"
    return run.outcome.value


def pattern_id(signature: Signature) -> str:
    """The identity of a signature's pattern, the same in every round."""
    return "p-" + hashlib.sha256(f"{signature.cause}\n{signature.mechanism}".encode()).hexdigest()[:10]


def mechanisms_of(
    cause: str, failures: Sequence[Run], passes: Sequence[Run], signals: Iterable[Signal]
) -> tuple[Mechanism, ...]:
    """Every mechanism that failures of one kind show, each with its contrast; ordered by name."""
    by_detector: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_detector[signal.detector].append(signal)
    ids = {run.run_id for run in failures}
    shown_in = {name: {signal.run_id for signal in by_detector[name]} for name in sorted(by_detector)}
    present = {name: shown for name, shown in shown_in.items() if shown & ids}
    return tuple(
        Mechanism(
            signature=Signature(cause=cause, mechanism=name),
            shown=frozenset(shown & ids),
            contrast=contrast_of(shown, failures, passes, comparisons=len(present)),
            severity=max(signal.severity for signal in by_detector[name]),
            symptom=all(signal.symptom for signal in by_detector[name]),
        )
        for name, shown in present.items()
    )


def assign(
    failures: Sequence[Run], mechanisms: Sequence[Mechanism], *, known: Collection[str] = ()
) -> Mapping[Mechanism, tuple[Run, ...]]:
    """Each run under its primary mechanism, the one with the strongest contrast; runs that none explains are left out.

    A mechanism left with too few runs is given up, and its runs go to their next one.
    """
    candidates = sorted((m for m in mechanisms if m.explains), key=lambda m: _strength(m, known))
    while True:
        placed: dict[Mechanism, list[Run]] = {mechanism: [] for mechanism in candidates}
        for run in failures:
            primary = next((m for m in candidates if run.run_id in m.shown), None)
            if primary is not None:
                placed[primary].append(run)
        weakest = min(candidates, key=lambda m: len(placed[m]), default=None)
        if weakest is None or len(placed[weakest]) >= LEAST_RUNS:
            return {mechanism: tuple(runs) for mechanism, runs in placed.items()}
        candidates.remove(weakest)


def is_failure(run: Run) -> bool:
    """Whether the run has a verdict and it is not ``passed``."""
    return run.outcome.is_scored and run.outcome is not Outcome.PASSED


def _strength(mechanism: Mechanism, known: Collection[str]) -> tuple[bool, int, float, str]:
    """Sort key: causes before symptoms, then the surest contrast, then what hurts most."""
    bound = mechanism.contrast.interval[0] * mechanism.certainty
    bound += _KEEP if pattern_id(mechanism.signature) in known else 0.0
    return mechanism.symptom, -round(bound * _GRID), -mechanism.severity, mechanism.signature.mechanism
