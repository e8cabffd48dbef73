"""The words of a sentence as the learnt reading of advice sees them: stems, and pairs of neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

_ENDINGS = ("ingly", "edly", "ing", "ies", "ied", "ed", "es", "ly", "s", "e")
_SHORTEST_STEM = 3


def features(sentences: Iterable[str]) -> frozenset[str]:
    """Stems and pairs of stems of normalised sentences."""
    stems = [
        _stem(word) for sentence in sentences for word in sentence.split() if word.isalnum() or word == "?"
    ]
    pairs = (f"{left} {right}" for left, right in pairwise(stems))
    return frozenset((*stems, *pairs))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
