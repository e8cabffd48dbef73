"""What a guard says when it blocks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Block:
    """A guard's objection to a promotion; ``runs`` are the ids of the runs that show it."""

    guard: str
    reason: str
    runs: tuple[str, ...]
