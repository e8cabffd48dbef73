"""What clustering comes to: patterns, what is left of them, and what nearly was one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analyzers.known_pattern import KnownPattern
from analyzers.pattern import Contrast, Pattern, Signature


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A mechanism that unexplained failures show and that is not shown to go with failure.

    ``runs`` counts the failing runs that show it. ``more_runs`` is how many more, failing and passing in the present
    proportion, would make it a pattern if the shares stay as they are; ``None`` where no number would.
    """

    signature: Signature
    name: str
    runs: int
    contrast: Contrast
    more_runs: int | None


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Unexplained failures that end in similar words. Nothing is claimed of them but that."""

    cause: str
    run_ids: tuple[str, ...]
    medoid: str
    typical: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """``patterns`` by falling rank; ``unexplained`` are the failing runs that no pattern holds.

    ``rests_on`` is ``outcomes``, or ``signals`` where too few runs have a verdict: patterns then say what
    happens often, not what goes with failure. ``gone`` are known patterns that no run shows any more,
    ``candidates`` the nearest to being patterns among the unexplained, the surest first, and ``alike`` groups of them.
    """

    patterns: tuple[Pattern, ...]
    unexplained: tuple[str, ...]
    rests_on: Literal["outcomes", "signals"] = "outcomes"
    gone: tuple[KnownPattern, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    alike: tuple[Alike, ...] = ()
