"""A mechanism is several patterns only where a person would name them differently."""

from __future__ import annotations

import random

import numpy as np

from analyzers.observation import Observation
from analyzers.patterns.grouping import dense_groups, stability
from analyzers.patterns.splitting import parts_of
from analyzers.patterns.words import word_space
from analyzers.testing import observed

FILLER = tuple(f"filler{number}" for number in range(40))
TOPICS = {
    "database": ("database", "connection", "refused", "port", "socket"),
    "memory": ("memory", "killed", "oom", "allocate", "bytes"),
}


def runs(topics: dict[str, int], *, tasks: int = 20, seed: int = 1, told: bool = True) -> list[Observation]:
    """So many runs of each topic, with much that has nothing to do with it."""
    draw, made = random.Random(seed), []
    for topic, count in topics.items():
        for number in range(count):
            words = (*(TOPICS[topic] if told else ()), *draw.sample(FILLER, 8))
            task = f"t{number % tasks}" if tasks > 1 else f"only-{topic}"
            made.append(observed(len(made), task=task, words=words))
    return made


def parts(seen: list[Observation]) -> list[tuple[str, int]]:
    space = word_space([run.words for run in seen])
    return [(part.word, len(part.rows)) for part in parts_of(np.arange(len(seen)), space, seen)]


def test_two_kinds_of_words_are_two_parts() -> None:
    """Each with a word that tells it."""
    found = parts(runs({"database": 50, "memory": 30}))

    assert [size for _, size in found] == [50, 30]
    assert found[0][0] in TOPICS["database"]
    assert found[1][0] in TOPICS["memory"]


def test_chance_is_no_reason_to_split() -> None:
    """Words that come and go tell nothing apart."""
    for seed in range(5):
        assert parts(runs({"database": 50, "memory": 50}, told=False, seed=seed)) == [("", 100)]


def test_few_runs_are_not_split() -> None:
    """A part has a dozen runs at least."""
    assert parts(runs({"database": 10, "memory": 10})) == [("", 20)]


def test_what_one_task_talks_about_is_no_part() -> None:
    """Its words are those of the task, not of the failure."""
    assert parts(runs({"database": 40, "memory": 40}, tasks=1)) == [("", 80)]


def test_a_few_odd_runs_do_not_splinter_a_mechanism() -> None:
    """They stay with the others."""
    assert parts(runs({"database": 90, "memory": 6})) == [("", 96)]


def test_groups_do_not_depend_on_the_order() -> None:
    """Representatives are chosen by name; the largest group is the first."""
    seen = runs({"database": 60, "memory": 40})
    shuffled = seen.copy()
    random.Random(1).shuffle(shuffled)
    first, second = (
        {run.run_id: int(group) for run, group in zip(order, groups_of(order), strict=True)}
        for order in (seen, shuffled)
    )

    assert first == second
    assert sorted(set(first.values())) == [0, 1]


def groups_of(seen: list[Observation]) -> list[int]:
    space = word_space([run.words for run in seen])
    return list(dense_groups(space.matrix, [run.run_id for run in seen], least=10))


def test_real_groups_come_out_of_either_half() -> None:
    """Their stability is high."""
    seen = runs({"database": 60, "memory": 40})
    space, names = word_space([run.words for run in seen]), [run.run_id for run in seen]
    groups = dense_groups(space.matrix, names, least=10)

    assert stability(space.matrix, names, groups, least=10) > 0.9


def test_too_few_runs_or_words_have_no_groups() -> None:
    """All are the remainder."""
    few = runs({"database": 8})
    silent = [observed(number) for number in range(50)]

    assert set(groups_of(few)) == {-1}
    assert set(groups_of(silent)) == {-1}
