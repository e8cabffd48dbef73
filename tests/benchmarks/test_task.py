"""Suites as values."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest

from benchmarks.errors import BenchmarkError, CampaignError, PlanError, SuiteError
from benchmarks.gate.testing import simulated_tasks
from benchmarks.task import Split, Suite

TASKS = tuple(simulated_tasks(6, per_group=2).values())
SUITE = Suite(
    name="toy",
    tasks=TASKS,
    splits={f"g{number:02}": list(Split)[number % 3] for number in range(6)},
)


def test_the_splits_divide_the_tasks_and_keep_their_order() -> None:
    """Every task is in exactly one split."""
    parts = [SUITE.of(split) for split in Split]

    assert sorted(task.id for part in parts for task in part) == [task.id for task in TASKS]
    assert all(list(part) == sorted(part, key=lambda task: task.id) for part in parts)


def test_all_tasks_of_a_group_are_in_one_split() -> None:
    """A mutant in ``mine`` would teach what its twin in ``gate`` asks."""
    for split in Split:
        groups = {task.group for task in SUITE.of(split)}

        assert len(SUITE.of(split)) == 2 * len(groups)


def test_a_group_without_a_split_is_an_error_and_not_left_out() -> None:
    """A suite whose splits miss a group must not quietly lose its tasks."""
    with pytest.raises(KeyError, match="g05"):
        Suite(name="toy", tasks=TASKS, splits={f"g0{n}": Split.MINE for n in range(5)}).of(Split.MINE)


@pytest.mark.parametrize("name", ["mine", "gate", "sealed"])
def test_splits_are_read_from_their_names(name: str) -> None:
    """As they stand in the ledger and on the command line."""
    assert str(Split(name)) == name


def test_tasks_are_values() -> None:
    """They travel to worker processes and cannot be changed on the way."""
    assert pickle.loads(pickle.dumps(TASKS[0])) == TASKS[0]
    with pytest.raises(FrozenInstanceError):
        TASKS[0].group = "other"  # type: ignore[misc]


@pytest.mark.parametrize("error", [SuiteError, CampaignError, PlanError])
def test_every_error_of_the_room_has_one_base(error: type[Exception]) -> None:
    """A command catches one class."""
    assert issubclass(error, BenchmarkError)
