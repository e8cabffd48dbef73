"""What an analyst's work on one pattern took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Model ``calls``, ``tokens`` of input and output, ``usd`` as far as providers tell.

    ``lookups`` is how often it searched or read, ``malformed`` how many of its answers did not fit.
    """

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0
    lookups: int = 0
    malformed: int = 0

    def __str__(self) -> str:
        told = [
            _counted(self.calls, "model call"),
            _counted(self.tokens, "token"),
            f"${self.usd:.4f}" if self.usd else "",
            _counted(self.lookups, "lookup"),
            _counted(self.malformed, "malformed answer"),
        ]
        return ", ".join(filter(None, told))


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}" if number else ""
