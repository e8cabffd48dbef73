"""Which group is for what, by a keyed hash, so that adding groups moves no other."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from benchmarks.errors import SuiteError
from benchmarks.task import Split, Suite, Task

SHARES: Mapping[Split, int] = {Split.MINE: 30, Split.GATE: 80, Split.SEALED: 40}
_HASH_SPACE = 1 << 64


def assign_splits(
    groups: Iterable[str], *, key: str, shares: Mapping[Split, int] = SHARES
) -> dict[str, Split]:
    """Map each group to a split; ``shares`` are relative weights, met on average and not exactly.

    A group's place is HMAC-SHA256 of its name under ``key`` against fixed thresholds: it depends on no
    other group, on no order and on no machine. Raises ``SuiteError`` when no share is above zero.
    """
    if sum(shares.values()) <= 0 or min(shares.values()) < 0:
        raise SuiteError("shares of splits must not be negative, and one must be above zero")
    return {group: _split(group, key=key, shares=shares) for group in groups}


def moved(suite: Suite, moves: Mapping[str, Split]) -> Suite:
    """The suite with groups moved onward, ``sealed`` → ``gate`` → ``mine``; names that it does not hold are passed over.

    Raises ``SuiteError`` for a move back: what was seen cannot become unseen.
    """
    order = tuple(Split)
    known = {group: split for group, split in moves.items() if group in suite.splits}
    for group, split in known.items():
        if order.index(split) > order.index(suite.splits[group]):
            raise SuiteError(
                f"group {group} of suite {suite.name} cannot go back from {suite.splits[group]} to {split}: groups move "
                "sealed, gate, mine"
            )
    return replace(suite, splits={**suite.splits, **known})


def tasks_of(suite: Suite, split: Split, *, per_group: int, seed: int) -> tuple[Task, ...]:
    """Choose at most ``per_group`` tasks of each group of ``split``, the same for the same seed.

    Tasks keep the suite's order. Raises ``SuiteError`` when the suite has no group in ``split``.
    """
    by_group: dict[str, list[Task]] = defaultdict(list)
    for task in suite.of(split):
        by_group[task.group].append(task)
    if not by_group:
        raise SuiteError(_no_groups(suite, split))
    chosen = {task.id for group, tasks in by_group.items() for task in _choose(group, tasks, per_group, seed)}
    return tuple(task for task in suite.of(split) if task.id in chosen)


def _split(group: str, *, key: str, shares: Mapping[Split, int]) -> Split:
    digest = hmac.new(key.encode(), group.encode(), hashlib.sha256).digest()
    place = int.from_bytes(digest[:8], "big")
    total, reached = sum(shares.values()), 0
    for split, share in shares.items():
        reached += share
        if place * total < reached * _HASH_SPACE:
            return split
    raise AssertionError("the last threshold is the whole hash space")


def _choose(group: str, tasks: list[Task], count: int, seed: int) -> list[Task]:
    if len(tasks) <= count:
        return tasks
    return random.Random(f"{seed}:{group}").sample(tasks, count)


def _no_groups(suite: Suite, split: Split) -> str:
    filled = sorted({str(used) for used in suite.splits.values()})
    return (
        f"suite {suite.name!r} has no groups in split {split.value!r}: its {len(suite.splits)} groups are in "
        f"{', '.join(filled)}; choose one of these splits, or a suite with more groups (humaneval-repair)"
    )
