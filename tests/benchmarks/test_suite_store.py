"""Suites by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.splits import assign_splits
from benchmarks.suite_cache import write_cached
from benchmarks.suite_store import load_suite, own_suites, suite_descriptions, suite_names
from benchmarks.suites.humaneval_repair.blueprint import Blueprint
from benchmarks.suites.humaneval_repair.problem import Problem, all_problems
from benchmarks.suites.humaneval_repair.source import HumanEvalRepair
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox


def test_the_names_are_known(tmp_path: Path) -> None:
    """Both suites of the project can be had, and no imported one can take their names."""
    assert suite_names(tmp_path) == own_suites() == ("humaneval-repair", "workshop")


def test_an_unknown_name_is_answered_with_the_choices(sandbox: Sandbox, tmp_path: Path) -> None:
    """The error says what there is."""
    with pytest.raises(SuiteError, match=r"'humaneval'.*humaneval-repair, workshop"):
        load_suite("humaneval", seed=1, cache=tmp_path, sandbox=sandbox)


def test_every_group_has_a_split(sandbox: Sandbox, tmp_path: Path) -> None:
    """No task is left without a place, and ids are unique."""
    suite = load_suite("workshop", seed=1, cache=tmp_path, sandbox=sandbox)

    assert {task.group for task in suite.tasks} == set(suite.splits)
    assert len({task.id for task in suite.tasks}) == len(suite.tasks)


def test_every_suite_is_described(tmp_path: Path) -> None:
    """In a sentence, under the name that loads it."""
    descriptions = suite_descriptions(tmp_path)

    assert tuple(sorted(descriptions)) == suite_names(tmp_path)
    assert all(20 < len(text) < 120 for text in descriptions.values())


def test_the_workshop_is_the_same_for_every_seed(tmp_path: Path) -> None:
    """Nothing of it is generated, and nothing is written to the cache."""
    one, other = (
        load_suite("workshop", seed=seed, cache=tmp_path, sandbox=DirectorySandbox()) for seed in (1, 2)
    )

    assert one == other
    assert list(tmp_path.iterdir()) == []


def test_repair_tasks_are_split_by_their_group_whatever_the_seed(tmp_path: Path) -> None:
    """A group's split is that of its name: read from a cache that was made beforehand."""
    problems = all_problems()
    suites = []
    for seed in (1, 2):
        source = HumanEvalRepair(problems=problems, seed=seed, cache=tmp_path, sandbox=DirectorySandbox())
        records = [blueprint_of(problem, seed).to_record() for problem in problems]
        write_cached(source._file(), key=source._key(), records=records)
        suites.append(load_suite("humaneval-repair", seed=seed, cache=tmp_path, sandbox=DirectorySandbox()))

    assert suites[0].splits == suites[1].splits
    assert suites[0].tasks != suites[1].tasks
    assert suites[0].splits == assign_splits((problem.group for problem in problems), key="humaneval-repair")


def blueprint_of(problem: Problem, seed: int) -> Blueprint:
    return Blueprint(
        problem=problem.id,
        number=1,
        operator="none",
        program=f"# {seed}\n{problem.prompt}",
        visible=(),
        visible_rejects=False,
    )
