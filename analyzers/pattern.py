"""A cluster of failing runs that share a signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analyzers.signal import Signal


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The terminal cause the verifier gave × the mechanism in the agent's behaviour (a detector's name)."""

    cause: str
    mechanism: str


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """How much more often the mechanism occurs in failures than in passes of the same task.

    ``difference`` is within -1..1 with the ends of its interval; ``basis`` says what was compared. Runs that
    show a stronger mechanism of the same cause are left out on both sides.
    """

    difference: float
    interval: tuple[float, float]
    basis: Literal["task", "suite", "none"]


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """``id`` is kept from round to round; ``share`` is its part of all failures, within 0..1.

    ``signals`` are those of its mechanism in its runs; ``companions`` names other detectors that at least
    half of its runs show, the most frequent first. ``terms`` are words that set its runs apart.
    """

    id: str
    name: str
    signature: Signature
    run_ids: tuple[str, ...]
    tasks: tuple[str, ...]
    share: float
    contrast: Contrast
    rank: float
    medoid: str
    typical: tuple[str, ...]
    terms: tuple[str, ...]
    signals: tuple[Signal, ...]
    status: Literal["new", "recurring", "fixed", "reopened"] = "new"
    companions: tuple[str, ...] = ()
