"""Weights over failing tasks and patterns, so that attention goes where earlier rounds failed.

After AdaBoost (Freund and Schapire, Journal of Computer and System Sciences 1997), with each round's harness in the place of
a weak learner: the weight of a task is multiplied by ``exp(STEP × (2e - 1))``, where ``e`` is the share of the task's
runs that failed in that round. The step is fixed and the weights are bounded, since a task that nobody can solve would
otherwise take all attention.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from analyzers.pattern import Pattern

STEP = 0.5
MOST = 4.0  # times the mean; the least is its inverse


@dataclass(frozen=True, kw_only=True)
class Round:
    """A mining round after which something was tried. ``failing`` maps each task to the share of its runs that failed.

    ``missed`` are ids of patterns whose proposals were measured then, none of which passed.
    """

    name: str
    failing: Mapping[str, float]
    missed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Attention:
    """Weights with mean 1: of the tasks that fail now, and of the patterns. ``rounds`` counts those that they rest on."""

    tasks: Mapping[str, float] = field(default_factory=dict)
    patterns: Mapping[str, float] = field(default_factory=dict)
    rounds: int = 0

    def of(self, pattern: str) -> float:
        """A pattern's weight; 1 where none is known."""
        return self.patterns.get(pattern, 1.0)


def attention(
    patterns: Sequence[Pattern], failing: Mapping[str, float], earlier: Sequence[Round]
) -> Attention:
    """The weights for a round whose tasks fail as ``failing`` says, after ``earlier`` rounds, the oldest first.

    A pattern weighs the mean of its tasks, and more for each round that tried in vain to answer it. Without an
    earlier round everything weighs 1.
    """
    if not earlier:
        return Attention(tasks=dict.fromkeys(sorted(failing), 1.0), patterns={p.id: 1.0 for p in patterns})
    tasks = _bounded({task: _task_weight(task, earlier) for task in sorted(failing)})
    return Attention(
        tasks=tasks,
        patterns=_bounded({pattern.id: _pattern_weight(pattern, tasks, earlier) for pattern in patterns}),
        rounds=len(earlier),
    )


def places(ranks: Mapping[str, float], weights: Attention) -> Mapping[str, tuple[int, int]]:
    """For each pattern its place by rank alone and its place by weight × rank, both counted from 1."""
    alone = _order(ranks)
    weighted = _order({name: rank * weights.of(name) for name, rank in ranks.items()})
    return {name: (alone.index(name) + 1, weighted.index(name) + 1) for name in ranks}


def _order(values: Mapping[str, float]) -> list[str]:
    return sorted(values, key=lambda name: (-values[name], name))


def _task_weight(task: str, earlier: Sequence[Round]) -> float:
    """A task that an earlier round did not run is as it was before it."""
    return math.exp(
        sum(STEP * (2.0 * found.failing[task] - 1.0) for found in earlier if task in found.failing)
    )


def _pattern_weight(pattern: Pattern, tasks: Mapping[str, float], earlier: Sequence[Round]) -> float:
    known = [tasks[task] for task in pattern.tasks if task in tasks]
    mean = sum(known) / len(known) if known else 1.0
    return mean * math.exp(STEP * _missed(pattern.id, earlier))


def _missed(pattern: str, earlier: Collection[Round]) -> int:
    return sum(pattern in found.missed for found in earlier)


def _bounded(weights: Mapping[str, float]) -> dict[str, float]:
    """The same with mean 1, none further from it than a factor of ``MOST``."""
    if not weights:
        return {}
    mean = sum(weights.values()) / len(weights)
    return {name: round(min(MOST, max(1.0 / MOST, weight / mean)), 6) for name, weight in weights.items()}
