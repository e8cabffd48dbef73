"""A/A experiments from a pool of real runs of one harness: arms are drawn, nothing is run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import PlanError
from benchmarks.gate.verdict import Claim


def relabelled_differences(
    scores: Mapping[str, Sequence[float]],
    *,
    groups: Mapping[str, str],
    claim: Claim,
    repeats: int,
    experiments: int,
    seed: int,
) -> NDArray[np.float64]:
    """Differences of A/A experiments (rows) in a planned order, for ``replay``: how often is a harness promoted over itself?

    ``scores`` are a harness's scores by task, each from a run with a seed of its own, and ``groups`` the group of
    each task. For each experiment the runs of a task are shuffled and dealt out, ``repeats`` to either arm. Claim
    ``suite``: one difference for each pair, each repeat a fresh random order of all tasks. Claim ``groups``: one for
    each group, from one of its tasks drawn at random. If the pool's runs are exchangeable nothing is there to be
    found, whatever the tasks are like. Raises ``PlanError`` for a task with fewer than 2 × ``repeats`` runs.
    """
    for task, seen in scores.items():
        if len(seen) < 2 * repeats:
            raise PlanError(f"task {task} has {len(seen)} runs; {2 * repeats} are needed for {repeats} pairs")
    generator = np.random.default_rng(seed)
    tasks = sorted(scores)
    rows = []
    for _ in range(experiments):
        dealt = {task: _dealt(scores[task], repeats, generator) for task in tasks}
        rows.append(
            _by_group(dealt, groups, generator)
            if claim == "groups"
            else np.concatenate(
                [
                    [dealt[tasks[at]][repeat] for at in generator.permutation(len(tasks))]
                    for repeat in range(repeats)
                ]
            )
        )
    return np.array(rows)


def _dealt(seen: Sequence[float], repeats: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """The differences of a task's pairs in one experiment."""
    drawn = generator.permutation(np.asarray(seen, dtype=np.float64))
    return np.asarray(drawn[:repeats] - drawn[repeats : 2 * repeats])


def _by_group(
    dealt: Mapping[str, NDArray[np.float64]], groups: Mapping[str, str], generator: np.random.Generator
) -> NDArray[np.float64]:
    members: dict[str, list[str]] = defaultdict(list)
    for task in sorted(dealt):
        members[groups[task]].append(task)
    order = generator.permutation(sorted(members))
    return np.array(
        [dealt[members[group][generator.integers(len(members[group]))]].mean() for group in order]
    )
