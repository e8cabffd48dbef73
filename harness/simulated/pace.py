"""How long the simulated model takes to think, in virtual seconds, and how many tokens that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SECONDS: Mapping[str, float] = MappingProxyType({"low": 6.0, "medium": 15.0, "high": 40.0})
OVERTHINKING = 2.9  # times as long: eight calls take more than 900 seconds
HURRIED_SECONDS = 6.0
_SECONDS_PER_CHARACTER = 0.01
_TOKENS_PER_SECOND = 25.0
_CHARACTERS_PER_TOKEN = 4.0


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What one answer costs: virtual ``seconds`` and ``reasoning_tokens``."""

    seconds: float
    reasoning_tokens: int


def pace(effort: str, *, characters: int, overthinks: bool, hurries: bool) -> Pace:
    """The cost of an answer of so many characters at a reasoning effort."""
    thinking = SECONDS.get(effort, SECONDS["medium"])
    if overthinks:
        thinking *= OVERTHINKING
    if hurries:
        thinking = min(thinking, HURRIED_SECONDS)
    return Pace(
        seconds=round(thinking + _SECONDS_PER_CHARACTER * characters, 3),
        reasoning_tokens=int(thinking * _TOKENS_PER_SECOND),
    )


def tokens(characters: int) -> int:
    """How many tokens a text of this length is, about."""
    return int(characters / _CHARACTERS_PER_TOKEN) + 1
