"""Runs with known stories, and the harness that they are said to come from."""

from __future__ import annotations

import pytest

from analyzers.detectors import default_detectors
from analyzers.mine_view import RunsView
from analyzers.observing import observe_each
from analyzers.pattern import Pattern
from analyzers.patterns import find_patterns
from analyzers.testing import looping_run, unverified_run, verified_run
from harness.edits import Tree
from harness.template import coder_template
from traces.run import Run


@pytest.fixture(scope="session")
def runs() -> tuple[Run, ...]:
    """Twelve tasks: all fail once without a test and pass once, mostly with one; half of them loop once more."""
    made = []
    for task in range(12):
        name = f"task-{task}"
        made.append(unverified_run(100 + task, "failed", task=name))
        passing = unverified_run if task % 4 == 0 else verified_run
        made.append(passing(200 + task, "passed", task=name))
        if task % 2:
            made.append(looping_run(300 + task, task=name))
    return tuple(made)


@pytest.fixture(scope="session")
def view(runs: tuple[Run, ...]) -> RunsView:
    return RunsView(runs)


@pytest.fixture(scope="session")
def patterns(runs: tuple[Run, ...]) -> dict[str, Pattern]:
    """The patterns in those runs by mechanism."""
    found = find_patterns(observe_each(runs, default_detectors()))
    return {pattern.signature.mechanism: pattern for pattern in found.patterns}


@pytest.fixture(scope="session")
def unverified(patterns: dict[str, Pattern]) -> Pattern:
    return patterns["no_verification"]


@pytest.fixture(scope="session")
def harness() -> Tree:
    return coder_template()
