"""What a clustering anew changed: which runs moved from which pattern to which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_LEAST_RUNS = 3
_LEAST_SHARE = (
    0.2  # of a pattern's runs, from which their going elsewhere is a split and not a few that moved
)


@dataclass(frozen=True, kw_only=True)
class Move:
    """Runs that left the pattern ``before`` for ``after``; either is empty where they were, or are, in none."""

    before: str
    after: str
    run_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Moves:
    """What moved, by falling number of runs.

    ``split`` maps a pattern to those that its runs are in now, ``merged`` a pattern to those that its runs came
    from; both have two or more to each.
    """

    moved: tuple[Move, ...]
    split: Mapping[str, tuple[str, ...]]
    merged: Mapping[str, tuple[str, ...]]


def moves(before: Mapping[str, Collection[str]], after: Mapping[str, Collection[str]]) -> Moves:
    """Compare two clusterings, each the run ids by pattern; runs that only one of them knows count as in no pattern."""
    was, now = _pattern_of(before), _pattern_of(after)
    flows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for run_id in sorted({*was, *now}):
        flows[was.get(run_id, ""), now.get(run_id, "")].append(run_id)
    moved = [Move(before=a, after=b, run_ids=tuple(ids)) for (a, b), ids in flows.items() if a != b]
    sizes = {pair: len(ids) for pair, ids in flows.items()}
    return Moves(
        moved=tuple(sorted(moved, key=lambda move: (-len(move.run_ids), move.before, move.after))),
        split=_branches(sizes),
        merged=_branches({(after_id, before_id): size for (before_id, after_id), size in sizes.items()}),
    )


def _pattern_of(clustering: Mapping[str, Collection[str]]) -> dict[str, str]:
    return {run_id: pattern for pattern in sorted(clustering) for run_id in clustering[pattern]}


def _branches(sizes: Mapping[tuple[str, str], int]) -> dict[str, tuple[str, ...]]:
    totals: Counter[str] = Counter()
    for (start, _), size in sizes.items():
        totals[start] += size
    ends: dict[str, list[str]] = defaultdict(list)
    for (start, end), size in sorted(sizes.items()):
        if start and end and size >= max(_LEAST_RUNS, _LEAST_SHARE * totals[start]):
            ends[start].append(end)
    return {start: tuple(found) for start, found in ends.items() if len(found) > 1}
