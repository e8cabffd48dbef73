"""The drawn order: what it depends on, what it never depends on, and how tasks and arms are spread."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.testing import simulated_tasks
from benchmarks.gate.verdict import Claim
from benchmarks.pair_order import PlannedPair, ordered_pairs
from benchmarks.task import Task

TASKS = tuple(simulated_tasks(6, per_group=3).values())
CLAIMS: tuple[Claim, ...] = ("groups", "suite")


def drawn(
    tasks: tuple[Task, ...] = TASKS,
    *,
    source: str = "s",
    claim: Claim = "groups",
    repeats: int = 1,
    same_seeds: bool = True,
) -> tuple[PlannedPair, ...]:
    return ordered_pairs(tasks, source=source, claim=claim, repeats=repeats, same_seeds=same_seeds)


@pytest.mark.parametrize("claim", CLAIMS)
@given(shuffle=st.integers(0, 1000), repeats=st.integers(1, 5))
def test_the_order_of_the_tasks_does_not_matter(claim: Claim, shuffle: int, repeats: int) -> None:
    """A suite that lists its tasks otherwise gives the same experiment."""
    mixed = tuple(random.Random(shuffle).sample(TASKS, len(TASKS)))

    assert drawn(mixed, claim=claim, repeats=repeats) == drawn(claim=claim, repeats=repeats)


@pytest.mark.parametrize("claim", CLAIMS)
@given(repeats=st.integers(1, 5), source=st.text(max_size=8))
def test_positions_count_and_bets_never_go_back(claim: Claim, repeats: int, source: str) -> None:
    """Pairs of one bet stand together, bets are numbered without a gap."""
    pairs = drawn(claim=claim, repeats=repeats, source=source)
    bets = [pair.bet for pair in pairs]

    assert [pair.position for pair in pairs] == list(range(len(pairs)))
    assert bets == sorted(bets)
    assert set(bets) == set(range(bets[-1] + 1))


@given(repeats=st.integers(1, 7))
def test_a_groups_tasks_are_used_evenly(repeats: int) -> None:
    """No task comes a second time before all its group's have come once."""
    pairs = drawn(repeats=repeats)

    for group in {pair.group for pair in pairs}:
        counts = Counter(pair.task for pair in pairs if pair.group == group)

        assert sum(counts.values()) == repeats
        assert max(counts.values()) <= -(-repeats // 3)


@pytest.mark.parametrize("claim", CLAIMS)
def test_another_source_draws_another_order_and_other_seeds(claim: Claim) -> None:
    """Order, task, first arm and seeds all follow from it."""
    one, other = drawn(claim=claim, source="a"), drawn(claim=claim, source="b")

    assert [pair.task for pair in one] != [pair.task for pair in other]
    assert not {pair.control_seed for pair in one} & {pair.control_seed for pair in other}


def test_more_repeats_keep_the_runs_of_fewer() -> None:
    """A pair's seed and first arm belong to its task and repeat, so that finished runs stay valid."""
    few = {(p.task, p.control_seed, p.first) for p in drawn(repeats=1)}
    many = {(p.task, p.control_seed, p.first) for p in drawn(repeats=3)}

    assert few < many


@pytest.mark.parametrize("claim", CLAIMS)
def test_no_two_pairs_share_a_seed(claim: Claim) -> None:
    """Repeats of one task are new tries."""
    seeds = [pair.control_seed for pair in drawn(claim=claim, repeats=5)]

    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 1 << 31 for seed in seeds)


def test_the_arms_of_a_pair_have_one_seed_or_two() -> None:
    """A noise check needs two, everything else one; the control's is the same in both."""
    same, other = drawn(same_seeds=True), drawn(same_seeds=False)

    assert all(pair.seed("control") == pair.seed("candidate") for pair in same)
    assert all(pair.seed("control") != pair.seed("candidate") for pair in other)
    assert [pair.control_seed for pair in same] == [pair.control_seed for pair in other]


def test_either_arm_stands_first_as_drawn() -> None:
    """Both arms once, the drawn one first."""
    for pair in drawn(repeats=4):
        assert pair.arms[0] == pair.first
        assert set(pair.arms) == {"control", "candidate"}


def test_groups_come_in_every_order() -> None:
    """Over many sources each group is first about equally often."""
    firsts = Counter(drawn(source=f"{seed}")[0].group for seed in range(300))

    assert set(firsts) == {task.group for task in TASKS}
    assert all(25 <= count <= 80 for count in firsts.values())


@pytest.mark.parametrize("claim", CLAIMS)
def test_without_tasks_there_are_no_pairs(claim: Claim) -> None:
    """The plan says so to its user; the order is merely empty."""
    assert drawn((), claim=claim, repeats=2) == ()
