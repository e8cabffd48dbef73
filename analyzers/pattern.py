"""A cluster of failing runs that share a signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analyzers.signal import Signal

Basis = Literal["task", "repository", "suite", "none"]
Status = Literal["new", "recurring", "fixed", "reopened"]


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The terminal cause the verifier gave × the mechanism in the agent's behaviour (a detector's name)."""

    cause: str
    mechanism: str


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """How much more often the mechanism occurs in failures than in passes, as far as both of them got.

    ``difference`` is within -1..1 with the ends of its interval. ``basis`` says which runs were compared with
    each other: those of the same task, of the same repository, of the same suite (imported: of the same source),
    or ``none``; the difference is then the share itself. Runs that show a stronger mechanism of the same
    cause are left out on both sides.
    """

    difference: float
    interval: tuple[float, float]
    basis: Basis

    @property
    def is_adjusted(self) -> bool:
        """Whether hard tasks were compared with hard ones, so that difficulty does not pass for a mechanism."""
        return self.basis in {"task", "repository"}


@dataclass(frozen=True, kw_only=True)
class RoundCount:
    """How many of the ``runs`` of a mining round were a pattern's own. ``round`` names it as the ledger does."""

    round: str
    count: int
    runs: int


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """``id`` is kept from round to round; ``share`` is its part of all failures, within 0..1.

    ``run_ids`` are the runs of which it is the primary pattern, each failing run having at most one;
    ``also`` are failing runs of the same cause that show its mechanism and have another primary one.
    ``signals`` are those of its mechanism in its runs; ``companions`` names other detectors that at least
    half of its runs show, the most frequent first. ``terms`` are words that set its runs apart. ``part`` is empty
    unless runs of one signature are told apart by their words: it is then the word that tells them.
    ``rank`` is the lower bound of the contrast × ``share``, and × severity where nothing could be compared. ``history`` counts its runs in earlier rounds, the
    oldest first. ``label`` is the name that a person gave, and then it is the ``name`` too. ``merged`` are ids of
    patterns that a person put into this one.
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
    status: Status = "new"
    companions: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    part: str = ""
    history: tuple[RoundCount, ...] = ()
    label: str = ""
    merged: tuple[str, ...] = ()
