"""When a pattern that is not seen any more counts as fixed, and when as back."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.pattern import RoundCount, Status

_DOUBT = 0.05  # the chance to see nothing of a pattern that is there as often as ever


def is_fixed(history: Sequence[RoundCount]) -> bool:
    """Whether it is absent over enough runs since it was last seen: by then it should have occurred.

    Were its share of the runs what it was in the rounds in which it was seen, so many runs without it
    would be a chance of less than one in twenty. Runs add up over rounds.
    """
    absent = _absent_since(history)
    seen = [count for count in history if count.count]
    if not seen or not absent:
        return False
    share = sum(count.count for count in seen) / max(1, sum(count.runs for count in seen))
    return bool((1 - min(share, 1.0)) ** sum(count.runs for count in absent) < _DOUBT)


def status_of(history: Sequence[RoundCount], *, present: bool) -> Status:
    """The state of a pattern with this history of earlier rounds, that is there now or is not."""
    if not present:
        return "fixed" if is_fixed(history) else "recurring"
    if not any(count.count for count in history):
        return "new"
    return "reopened" if is_fixed(history) else "recurring"


def _absent_since(history: Sequence[RoundCount]) -> list[RoundCount]:
    absent: list[RoundCount] = []
    for count in reversed(history):
        if count.count:
            break
        absent.append(count)
    return absent
