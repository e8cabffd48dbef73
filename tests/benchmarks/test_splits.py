"""Splits: a keyed hash places each group by itself."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import SuiteError
from benchmarks.splits import assign_splits, tasks_of
from benchmarks.task import Split, Suite, Task
from benchmarks.verifiers import ScriptVerifier
from harness.runs import Assignment

PLACED = {Split.MINE: 30, Split.GATE: 92, Split.SEALED: 42}
PLACING = "44fbf8523c65d328"  # of the 164 problems, in their order
GROUPS = [f"group-{number}" for number in range(1500)]


def make_suite(groups: int, per_group: int, split: Split = Split.GATE) -> Suite:
    tasks = tuple(
        Task(
            id=f"toy/g{group}/m{number}",
            group=f"g{group}",
            assignment=Assignment(task=f"toy/g{group}/m{number}", instruction="Repair it.", files={}),
            verifier=ScriptVerifier(checks=""),
        )
        for group in range(groups)
        for number in range(per_group)
    )
    return Suite(name="toy", tasks=tasks, splits=dict.fromkeys((task.group for task in tasks), split))


def test_adding_groups_moves_no_other() -> None:
    """A group's split depends on its own name and the key alone."""
    few = assign_splits(GROUPS[:100], key="k")
    many = assign_splits(reversed(GROUPS), key="k")

    assert {group: many[group] for group in few} == few


def test_shares_are_met_on_average() -> None:
    """With 30, 80 and 40 of 150 the three splits get a fifth, a good half and a good quarter."""
    counts = Counter(assign_splits(GROUPS, key="k").values())

    assert counts[Split.MINE] / len(GROUPS) == pytest.approx(30 / 150, abs=0.03)
    assert counts[Split.GATE] / len(GROUPS) == pytest.approx(80 / 150, abs=0.04)
    assert counts[Split.SEALED] / len(GROUPS) == pytest.approx(40 / 150, abs=0.04)


def test_another_key_places_groups_anew() -> None:
    """The key decides, so that nobody can tell a group's split from its name."""
    assert assign_splits(GROUPS, key="a") != assign_splits(GROUPS, key="b")


def test_a_split_may_get_no_share() -> None:
    """A share of nothing places nothing."""
    splits = assign_splits(GROUPS, key="k", shares={Split.MINE: 1, Split.GATE: 0, Split.SEALED: 1})

    assert set(splits.values()) == {Split.MINE, Split.SEALED}


@pytest.mark.parametrize("shares", [{Split.MINE: 0}, {Split.MINE: 2, Split.GATE: -1}])
def test_impossible_shares_are_refused(shares: dict[Split, int]) -> None:
    """Negative shares and nothing but zero are wrong use."""
    with pytest.raises(SuiteError, match="shares"):
        assign_splits(GROUPS, key="k", shares=shares)


def test_tasks_of_takes_the_same_tasks_for_the_same_seed() -> None:
    """Two of three tasks of each group, in the suite's order, decided by the seed."""
    suite = make_suite(20, 3)
    chosen = tasks_of(suite, Split.GATE, per_group=2, seed=5)

    assert chosen == tasks_of(suite, Split.GATE, per_group=2, seed=5)
    assert chosen != tasks_of(suite, Split.GATE, per_group=2, seed=6)
    assert set(Counter(task.group for task in chosen).values()) == {2}
    assert [task.id for task in suite.tasks if task in chosen] == [task.id for task in chosen]


def test_tasks_of_gives_all_where_a_group_has_few() -> None:
    """A group with fewer tasks than asked for gives what it has."""
    assert len(tasks_of(make_suite(4, 1), Split.GATE, per_group=3, seed=0)) == 4


def test_an_empty_split_names_the_way_out() -> None:
    """A suite without groups in a split says which splits it has."""
    with pytest.raises(SuiteError, match=r"no groups in split 'sealed'.*in mine"):
        tasks_of(make_suite(2, 1, Split.MINE), Split.SEALED, per_group=1, seed=0)


@given(groups=st.lists(st.text(min_size=1), unique=True, max_size=30), key=st.text())
def test_a_groups_split_is_its_own_affair(groups: list[str], key: str) -> None:
    """Alone or among others, in any order."""
    together = assign_splits(reversed(groups), key=key)

    assert together == {group: assign_splits([group], key=key)[group] for group in groups}


def test_the_projects_own_splits_do_not_move() -> None:
    """A sealed group must stay sealed for good: the placing itself is fixed, not only its properties."""
    splits = assign_splits([f"HumanEval_{number}" for number in range(164)], key="humaneval-repair")
    digest = hashlib.sha256("".join(split.value[0] for split in splits.values()).encode()).hexdigest()

    assert Counter(splits.values()) == PLACED
    assert digest[:16] == PLACING


@pytest.mark.parametrize("scale", [1, 7, 1000])
def test_shares_are_relative(scale: int) -> None:
    """Thirds are thirds, whatever the numbers are."""
    shares = {Split.MINE: scale, Split.GATE: scale, Split.SEALED: scale}

    assert assign_splits(GROUPS, key="k", shares=shares) == assign_splits(
        GROUPS, key="k", shares=dict.fromkeys(Split, 1)
    )


def test_a_larger_share_only_takes_from_the_next_split() -> None:
    """Thresholds move, places do not: nothing jumps over a split."""
    before = assign_splits(GROUPS, key="k", shares={Split.MINE: 1, Split.GATE: 1, Split.SEALED: 2})
    after = assign_splits(GROUPS, key="k", shares={Split.MINE: 2, Split.GATE: 1, Split.SEALED: 1})
    moved = {(before[group], after[group]) for group in GROUPS if before[group] is not after[group]}

    assert moved == {(Split.GATE, Split.MINE), (Split.SEALED, Split.GATE)}


def test_the_choice_of_one_group_does_not_depend_on_the_others() -> None:
    """Adding groups to a suite leaves the tasks chosen before."""
    few = tasks_of(make_suite(5, 4), Split.GATE, per_group=2, seed=1)
    many = tasks_of(make_suite(9, 4), Split.GATE, per_group=2, seed=1)

    assert {task.id for task in few} < {task.id for task in many}


def test_every_task_of_a_group_may_be_chosen() -> None:
    """Over the seeds, none is left out for good."""
    suite = make_suite(1, 4)
    chosen = {tasks_of(suite, Split.GATE, per_group=1, seed=seed)[0].id for seed in range(60)}

    assert chosen == {task.id for task in suite.tasks}
