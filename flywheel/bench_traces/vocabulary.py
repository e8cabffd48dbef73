"""Words as unequal as in any language: a few are in every text, most are rare, and how rare each is, is known."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

WORDS = 200_000
# Zipf and Mandelbrot's law, fitted to what real coding agents read and write: of 95 words in 730 characters
# 58 are different; a text in ten has the hundredth word, one in 3,000 the ten-thousandth.
_FLAT, _POWER = 20.0, 0.3
_SPREAD = _FLAT**-_POWER - (WORDS + _FLAT) ** -_POWER
_DRAWN = 0.7  # of a text's words; the others repeat them
_ONSETS = ("b", "c", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ou", "y")
_SYLLABLES = tuple(onset + vowel for onset in _ONSETS for vowel in _VOWELS)
# What agents' traces are full of, and somewhat rarer what a search for secrets must look at.
_COMMON = (
    "the", "self", "def", "import", "return", "error", "file", "line", "test", "assert", "pytest", "passed", "failed",
    "src", "py", "none", "class", "with", "path", "str", "int", "git", "diff", "expected", "value", "token", "key",
    "request", "response", "config", "api", "http",
)  # fmt: skip
_RARER = (
    "password",
    "secret",
    "authorization",
    "bearer",
    "api_key",
    "https://example.org/",
    "task-list",
)  # each in one of 40 texts of 1 KB
_RARER_FROM = 400
_CHARACTERS = 7.0  # of a word and what is behind it, on average


def word(rank: int) -> str:
    """The word of a rank, 0 being the most frequent; no two ranks share one."""
    if rank < len(_COMMON):
        return _COMMON[rank]
    if 0 <= rank - _RARER_FROM < len(_RARER):
        return _RARER[rank - _RARER_FROM]
    rest, syllables = rank, ""
    while rest or not syllables:
        rest, place = divmod(rest, len(_SYLLABLES))
        syllables += _SYLLABLES[place]
    # A letter that no syllable holds keeps the words apart from the common ones, and from each other.
    return f"{syllables}x"


def share(rank: int) -> float:
    """How likely a word of a text is the one of that rank."""
    return float(((rank + _FLAT) ** -_POWER - (rank + 1 + _FLAT) ** -_POWER) / _SPREAD)


def rank_at(rate: float, *, words: int) -> int:
    """The rank of a word that is in a text of so many words with about that probability."""
    wanted = 1 - (1 - rate) ** (1 / (_DRAWN * words))
    low, high = 0, WORDS - 1
    while low < high:
        middle = (low + high) // 2
        if share(middle) > wanted:
            low = middle + 1
        else:
            high = middle
    return low


class Texts:
    """Texts of random words; the same seed gives the same ones."""

    _AT_ONCE = 1 << 16

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._words = _words()
        self._drawn: list[str] = []
        self._next = 0

    def text(self, characters: int) -> str:
        """A text of about so many characters."""
        count = max(1, round(characters / _CHARACTERS))
        drawn = self._draw(max(1, round(_DRAWN * count)))
        return ", ".join(drawn + drawn[: count - len(drawn)])

    def _draw(self, count: int) -> list[str]:
        if self._next + count > len(self._drawn):
            self._drawn = self._words[self._ranks(max(self._AT_ONCE, count))].tolist()
            self._next = 0
        begin, self._next = self._next, self._next + count
        return self._drawn[begin : self._next]

    def _ranks(self, count: int) -> NDArray[np.int64]:
        # The inverse of the distribution that ``share`` gives.
        ranks = (_FLAT**-_POWER - self._random.random(count) * _SPREAD) ** (-1 / _POWER) - _FLAT
        found: NDArray[np.int64] = np.minimum(ranks.astype(np.int64), WORDS - 1)
        return found


@cache  # pure, so that remembering changes nothing
def _words() -> NDArray[np.object_]:
    return np.array([word(rank) for rank in range(WORDS)], dtype=object)
