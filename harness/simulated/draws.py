"""Random draws that depend on a seed and a purpose only, so that two runs differ only where they were told other things."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Draws keyed by ``seed``; the same purpose and count always give the same draw."""

    seed: int

    def uniform(self, purpose: str, count: int = 0) -> float:
        """A number in 0..1, 1 excluded."""
        digest = hashlib.blake2b(f"{self.seed}\n{purpose}\n{count}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def chance(self, probability: float, purpose: str, count: int = 0) -> bool:
        """Whether something of this probability happens."""
        return self.uniform(purpose, count) < probability

    def pick(self, weights: Sequence[float], names: Sequence[str], purpose: str, count: int = 0) -> int:
        """An index, drawn in proportion to its weight.

        Each name gets its own draw (the race of exponential clocks), so that leaving some out does not
        change which of the others wins.
        """
        clocks = [
            -math.log(1.0 - self.uniform(f"{purpose}\n{name}", count)) / weight if weight > 0 else math.inf
            for weight, name in zip(weights, names, strict=True)
        ]
        return clocks.index(min(clocks))
