"""A few problems of every make, and the tasks made of them once."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.suites.humaneval_repair.problem import Problem, all_problems
from benchmarks.suites.humaneval_repair.source import HumanEvalRepair
from benchmarks.task import Task
from harness.sandbox import Sandbox

NUMBERS = (3, 12, 28, 32, 33, 38, 95, 115)  # doctests, no examples, own helpers, odd names, late docstring


@pytest.fixture(scope="session")
def problems() -> tuple[Problem, ...]:
    """Some of the problems."""
    known = all_problems()
    return tuple(known[number] for number in NUMBERS)


@pytest.fixture(scope="session")
def tasks(
    problems: tuple[Problem, ...], sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Task, ...]:
    """Their tasks for seed 11."""
    cache: Path = tmp_path_factory.mktemp("cache")
    return tuple(HumanEvalRepair(problems=problems, seed=11, cache=cache, sandbox=sandbox).tasks())
