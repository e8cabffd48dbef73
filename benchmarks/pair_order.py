"""The random order of an experiment's pairs, drawn by name from one seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from benchmarks.gate.paired_runs import ARMS, Arm
from benchmarks.gate.verdict import Claim
from benchmarks.task import Task

_Item = TypeVar("_Item")
_Slot = tuple[int, Task, int]  # bet, task, repeat


@dataclass(frozen=True, kw_only=True)
class PlannedPair:
    """One task for both arms; ``position`` counts from 0 and ``first`` is the arm that goes first.

    Pairs with the same ``bet`` make one bet.
    """

    position: int
    bet: int
    group: str
    task: str
    control_seed: int
    candidate_seed: int
    first: Arm

    @property
    def arms(self) -> tuple[Arm, Arm]:
        """Both arms in the order in which they are dispatched."""
        return ("control", "candidate") if self.first == "control" else ("candidate", "control")

    def seed(self, arm: Arm) -> int:
        """The run seed of one arm."""
        return self.control_seed if arm == "control" else self.candidate_seed


def ordered_pairs(
    tasks: Sequence[Task], *, source: str, claim: Claim, repeats: int, same_seeds: bool
) -> tuple[PlannedPair, ...]:
    """Draw the order from the text ``source``; the order of ``tasks`` does not matter.

    Claim ``groups``: groups in random order, one bet each over ``repeats`` pairs of its tasks. Claim
    ``suite``: ``repeats`` fresh random orders of all tasks, one bet for each pair.
    """
    slots = _group_slots if claim == "groups" else _suite_slots
    return tuple(
        _draw(position, slot, source, same_seeds=same_seeds)
        for position, slot in enumerate(slots(tasks, source, repeats))
    )


def renumbered(pairs: Sequence[PlannedPair]) -> tuple[PlannedPair, ...]:
    """The pairs of several orders as one: positions and bets count on from 0; pairs of one bet stay together."""
    numbered: list[PlannedPair] = []
    bet, last = -1, None
    for position, pair in enumerate(pairs):
        is_same = last is not None and (last.bet, last.group) == (pair.bet, pair.group)
        bet, last = (bet if is_same else bet + 1), pair
        numbered.append(replace(pair, position=position, bet=bet))
    return tuple(numbered)


def _group_slots(tasks: Sequence[Task], source: str, repeats: int) -> list[_Slot]:
    groups: dict[str, list[Task]] = defaultdict(list)
    for task in sorted(tasks, key=lambda task: task.id):
        groups[task.group].append(task)
    slots: list[_Slot] = []
    for bet, group in enumerate(_shuffled(sorted(groups), f"{source}/groups")):
        choice = _shuffled(groups[group], f"{source}/tasks/{group}")
        slots += [(bet, choice[repeat % len(choice)], repeat) for repeat in range(repeats)]
    return slots


def _suite_slots(tasks: Sequence[Task], source: str, repeats: int) -> list[_Slot]:
    ordered = sorted(tasks, key=lambda task: task.id)
    drawn = [
        (task, repeat) for repeat in range(repeats) for task in _shuffled(ordered, f"{source}/round/{repeat}")
    ]
    return [(bet, task, repeat) for bet, (task, repeat) in enumerate(drawn)]


def _draw(position: int, slot: _Slot, source: str, *, same_seeds: bool) -> PlannedPair:
    bet, task, repeat = slot
    generator = random.Random(f"{source}/pair/{task.id}/{repeat}")
    first = generator.choice(ARMS)
    control_seed, other_seed = generator.getrandbits(31), generator.getrandbits(31)
    return PlannedPair(
        position=position,
        bet=bet,
        group=task.group,
        task=task.id,
        control_seed=control_seed,
        candidate_seed=control_seed if same_seeds else other_seed,
        first=first,
    )


def _shuffled(items: Sequence[_Item], name: str) -> list[_Item]:
    return random.Random(name).sample(items, k=len(items))
