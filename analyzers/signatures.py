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
    """A detector's signals within one kind of cause, and how well they set failures apart from passes.

    ``members`` are the failing runs that show it, ``passing`` the ids of passing ones.
    """

    signature: Signature
    members: tuple[Run, ...]
    passing: frozenset[str]
    contrast: Contrast
    severity: float
    symptom: bool

    @property
    def explains(self) -> bool:
        """Whether it is surely more common in failures; without any pass that cannot be known, and it may."""
        return len(self.members) >= LEAST_RUNS and self.contrast.interval[0] > 0

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


def explain(
    cause: str,
    failures: Sequence[Run],
    passes: Sequence[Run],
    signals: Iterable[Signal],
    *,
    known: Collection[str] = (),
) -> tuple[Mechanism, ...]:
    """The mechanisms behind failures of one kind, the strongest first; each failing run is a member of at most one.

    Stepwise: the mechanism with the strongest contrast takes the runs that show it, and the next is looked for
    among the runs, failing and passing, that show none so far. Otherwise a rare mechanism would drown
    in the failures that another one explains.
    """
    by_detector = _by_detector(signals)
    found: list[Mechanism] = []
    failing, passing = list(failures), list(passes)
    while failing and (passing or not passes):
        candidates = _mechanisms(cause, failing, passing, by_detector)
        best = min((m for m in candidates if m.explains), key=lambda m: _strength(m, known), default=None)
        if best is None:
            break
        found.append(best)
        taken = {run.run_id for run in best.members} | best.passing
        failing = [run for run in failing if run.run_id not in taken]
        passing = [run for run in passing if run.run_id not in taken]
    return tuple(found)


def _mechanisms(
    cause: str,
    failures: Sequence[Run],
    passes: Sequence[Run],
    by_detector: Mapping[str, Sequence[Signal]],
) -> tuple[Mechanism, ...]:
    """Every mechanism that enough failures show, with its contrast corrected for all that any failure shows."""
    shown = {name: {signal.run_id for signal in signals} for name, signals in by_detector.items()}
    members = {name: tuple(run for run in failures if run.run_id in ids) for name, ids in shown.items()}
    comparisons = sum(bool(runs) for runs in members.values())
    return tuple(
        Mechanism(
            signature=Signature(cause=cause, mechanism=name),
            members=members[name],
            passing=frozenset(run.run_id for run in passes if run.run_id in shown[name]),
            contrast=contrast_of(shown[name], failures, passes, comparisons=comparisons),
            severity=max(signal.severity for signal in signals),
            symptom=all(signal.symptom for signal in signals),
        )
        for name, signals in by_detector.items()
        if len(members[name]) >= LEAST_RUNS
    )


def _by_detector(signals: Iterable[Signal]) -> dict[str, list[Signal]]:
    by_detector: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_detector[signal.detector].append(signal)
    return {name: by_detector[name] for name in sorted(by_detector)}


def is_failure(run: Run) -> bool:
    """Whether the run has a verdict and it is not ``passed``."""
    return run.outcome.is_scored and run.outcome is not Outcome.PASSED


def _strength(mechanism: Mechanism, known: Collection[str]) -> tuple[bool, int, float, str]:
    """Sort key: causes before symptoms, then the surest contrast, then what hurts most."""
    bound = mechanism.contrast.interval[0] * mechanism.certainty
    bound += _KEEP if pattern_id(mechanism.signature) in known else 0.0
    return mechanism.symptom, -round(bound * _GRID), -mechanism.severity, mechanism.signature.mechanism
