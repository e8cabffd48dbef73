"""Suites by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.suite_store import load_suite, suite_names
from harness.sandbox import Sandbox


def test_the_names_are_known() -> None:
    """Both suites of the project can be had."""
    assert suite_names() == ("humaneval-repair", "workshop")


def test_an_unknown_name_is_answered_with_the_choices(sandbox: Sandbox, tmp_path: Path) -> None:
    """The error says what there is."""
    with pytest.raises(SuiteError, match=r"'humaneval'.*humaneval-repair, workshop"):
        load_suite("humaneval", seed=1, cache=tmp_path, sandbox=sandbox)


def test_every_group_has_a_split(sandbox: Sandbox, tmp_path: Path) -> None:
    """No task is left without a place, and ids are unique."""
    suite = load_suite("workshop", seed=1, cache=tmp_path, sandbox=sandbox)

    assert {task.group for task in suite.tasks} == set(suite.splits)
    assert len({task.id for task in suite.tasks}) == len(suite.tasks)
