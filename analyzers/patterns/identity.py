"""Which pattern is which of those that are known: identities survive clustering anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from analyzers.known_pattern import KnownPattern
from analyzers.lifecycle import status_of
from analyzers.pattern import Pattern
from analyzers.signatures import pattern_id

_SAME_RUNS = 0.3  # Jaccard index from which the runs say more than the signature


def identified(patterns: Sequence[Pattern], known: Sequence[KnownPattern]) -> tuple[Pattern, ...]:
    """The patterns under the identities of the known ones that they continue, one to one.

    So that the sum of likenesses is largest (Hungarian method): by the runs that both hold; where they share few, as in
    a new round, by signature and then by words. What continues none gets an identity of its own.
    """
    pairs = _matched(patterns, known)
    taken = {known[there].id for there in pairs.values()}
    named: list[Pattern] = []
    for place, pattern in enumerate(patterns):
        identity = known[pairs[place]].id if place in pairs else _fresh(pattern, taken)
        taken.add(identity)
        named.append(replace(pattern, id=identity))
    return tuple(named)


def with_histories(patterns: Sequence[Pattern], known: Sequence[KnownPattern]) -> tuple[Pattern, ...]:
    """The patterns with what earlier rounds counted of them, and the state that follows from it."""
    before = {each.id: each for each in known}
    return tuple(_remembered(pattern, before.get(pattern.id)) for pattern in patterns)


def _remembered(pattern: Pattern, before: KnownPattern | None) -> Pattern:
    if before is None:
        return pattern
    status = status_of(before.history, present=True) if before.history else "recurring"
    return replace(pattern, history=before.history, status=status)


def _matched(patterns: Sequence[Pattern], known: Sequence[KnownPattern]) -> dict[int, int]:
    if not patterns or not known:
        return {}
    shared = _shared(patterns, known)
    likeness = np.array(
        [
            [_likeness(pattern, before, shared[place][there]) for there, before in enumerate(known)]
            for place, pattern in enumerate(patterns)
        ]
    )
    chosen = zip(*linear_sum_assignment(likeness, maximize=True), strict=True)
    return {int(place): int(there) for place, there in chosen if likeness[place, there] > 0}


def _shared(patterns: Sequence[Pattern], known: Sequence[KnownPattern]) -> list[Counter[int]]:
    """For each pattern, how many of its runs each known one holds."""
    holders: dict[str, list[int]] = defaultdict(list)
    for there, before in enumerate(known):
        for run_id in before.run_ids:
            holders[run_id].append(there)
    return [
        Counter(there for run_id in pattern.run_ids for there in holders.get(run_id, ()))
        for pattern in patterns
    ]


def _likeness(pattern: Pattern, before: KnownPattern, shared: int) -> float:
    union = len(pattern.run_ids) + len(before.run_ids) - shared
    if shared >= _SAME_RUNS * union:
        return 3.0 + shared / max(1, union)
    if pattern.signature != before.signature:
        return 0.0
    return (1.0 if pattern.part == before.part else 0.25) + _jaccard(pattern.terms, before.terms)


def _jaccard(ours: Collection[str], theirs: Collection[str]) -> float:
    both, either = set(ours) & set(theirs), set(ours) | set(theirs)
    return len(both) / len(either) if either else 0.0


def _fresh(pattern: Pattern, taken: Collection[str]) -> str:
    identity = pattern_id(pattern.signature, pattern.part)
    while identity in taken:
        identity = pattern_id(pattern.signature, f"{identity} {pattern.medoid}")
    return identity
