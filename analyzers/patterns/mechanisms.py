"""The mechanism that explains a failure best: stepwise, the strongest contrast first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analyzers.pattern import Contrast, Signature
from analyzers.patterns.contrast import Comparison
from analyzers.patterns.panel import Integers, Panel

LEAST_RUNS = 3  # fewer are an anecdote
_GRID = 20  # contrasts within a twentieth of each other are equal: order must not flip with noise
_KEEP = 0.1  # what a known pattern's mechanism is favoured by, so that identities last


@dataclass(frozen=True, kw_only=True, eq=False)
class Mechanism:
    """A detector's signals within one kind of cause, and how well they set failures apart from passes.

    ``members`` are the places in the panel of the failing runs that it explains, ``passing`` those of passing runs that
    show it, and ``also`` those of failing runs that show it and that a stronger one explains.
    """

    signature: Signature
    members: Integers
    passing: Integers
    also: Integers
    contrast: Contrast
    severity: float
    is_symptom: bool

    @property
    def explains(self) -> bool:
        """Whether it is surely more common in failures; without any pass that cannot be known, and it may."""
        return len(self.members) >= LEAST_RUNS and self.contrast.interval[0] > 0

    @property
    def certainty(self) -> float:
        """1 where passes stood as contrast; else the severity stands in for the doubt."""
        return self.severity if self.contrast.basis == "none" else 1.0


def explain(
    cause: str,
    panel: Panel,
    failing: Integers,
    passing: Integers,
    *,
    comparisons: int = 1,
    known: Collection[Signature] = (),
) -> tuple[Mechanism, ...]:
    """The mechanisms behind failures of one kind, the strongest first; each failing run is a member of at most one.

    Stepwise: the mechanism with the strongest contrast takes the runs that show it, and the next is looked for
    among the runs, failing and passing, that show none so far. Otherwise a rare mechanism would drown
    in the failures that another one explains.
    """
    found: list[Mechanism] = []
    block, compared = failing, len(passing) > 0
    while len(failing) and (len(passing) or not compared):
        candidates = mechanisms(cause, panel, failing, passing, comparisons=comparisons, block=block)
        best = min((m for m in candidates if m.explains), key=lambda m: _strength(m, known), default=None)
        if best is None:
            break
        found.append(best)
        failing = np.setdiff1d(failing, best.members, assume_unique=True)
        passing = np.setdiff1d(passing, best.passing, assume_unique=True)
    return tuple(found)


def mechanisms(
    cause: str,
    panel: Panel,
    failing: Integers,
    passing: Integers,
    *,
    comparisons: int,
    block: Integers | None = None,
) -> tuple[Mechanism, ...]:
    """Every mechanism that enough failures show, with its contrast, by name."""
    comparison = Comparison(panel, failing, passing)
    found = []
    for name, showing in panel.showing.items():
        members = np.intersect1d(failing, showing.rows, assume_unique=True)
        if len(members) < LEAST_RUNS:
            continue
        everywhere = np.intersect1d(failing if block is None else block, showing.rows, assume_unique=True)
        found.append(
            Mechanism(
                signature=Signature(cause=cause, mechanism=name),
                members=members,
                passing=np.intersect1d(passing, showing.rows, assume_unique=True),
                also=np.setdiff1d(everywhere, members, assume_unique=True),
                contrast=comparison.contrast(showing, comparisons=comparisons),
                severity=showing.severity,
                is_symptom=showing.is_symptom,
            )
        )
    return tuple(found)


def _strength(mechanism: Mechanism, known: Collection[Signature]) -> tuple[bool, bool, int, float, str]:
    """Sort key: causes before symptoms, what was compared before what was not, the surest contrast, what hurts most."""
    bound = mechanism.contrast.interval[0] * mechanism.certainty
    bound += _KEEP if mechanism.signature in known else 0.0
    return (
        mechanism.is_symptom,
        mechanism.contrast.basis == "none",
        -round(bound * _GRID),
        -mechanism.severity,
        mechanism.signature.mechanism,
    )
