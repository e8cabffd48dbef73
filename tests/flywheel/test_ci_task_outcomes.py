"""What a task showed over its pairs."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.gate.verdict import PairResult, Verdict
from flywheel.ci.task_outcomes import count_flips, flips, task_outcomes
from traces.outcome import Outcome


def pair(task: str, control: float | None, candidate: float | None, position: int = 0) -> PairResult:
    """A pair with these scores; without one the run is errored."""
    ends = {None: Outcome.ERRORED, 1.0: Outcome.PASSED}
    return PairResult(
        position=position,
        task=task,
        group=task.partition("/")[0],
        control_run=f"c{position}",
        candidate_run=f"d{position}",
        control_score=control,
        candidate_score=candidate,
        control_outcome=ends.get(control, Outcome.FAILED),
        candidate_outcome=ends.get(candidate, Outcome.FAILED),
    )


@pytest.mark.parametrize(
    ("scores", "change", "regression"),
    [
        ([(0.0, 1.0)], "fixed", False),
        ([(1.0, 0.0), (1.0, 0.0)], "broken", True),
        ([(1.0, 0.0), (1.0, 1.0)], "partly", True),
        ([(1.0, 0.0), (0.0, 1.0)], "same", False),
        ([(0.5, 0.75)], "partly", False),
        ([(None, 1.0)], "unscored", False),
        ([(1.0, None), (1.0, 0.0)], "broken", True),
    ],
)
def test_a_change_is_that_of_the_scored_pairs(
    scores: list[tuple[float | None, float | None]], change: str, regression: bool, verdict: Verdict
) -> None:
    """What infrastructure broke is no regression, whatever it counts as in the test."""
    pairs = tuple(pair("g/t", *ends, position) for position, ends in enumerate(scores))
    (outcome,) = task_outcomes(dataclasses.replace(verdict, pairs=pairs))

    assert (outcome.change, outcome.is_regression) == (change, regression)


def test_tasks_are_grouped_and_counted(verdict: Verdict) -> None:
    """All repeats of a task are one row, by name, with how many runs of each arm passed."""
    pairs = (pair("g/b", 1.0, 0.0, 0), pair("g/a", 0.0, 1.0, 1), pair("g/b", 1.0, 1.0, 2))
    found = task_outcomes(dataclasses.replace(verdict, pairs=pairs))

    assert [(row.task, row.control_passed, row.candidate_passed) for row in found] == [
        ("g/a", 0, 1),
        ("g/b", 2, 1),
    ]
    assert [row.candidate_run for row in found[1].flipped] == ["d0"]


def test_what_was_lost_comes_first(verdict: Verdict) -> None:
    """A reader who sees only the top sees the worst; tasks that did not flip are no rows."""
    pairs = (pair("g/a", 0.0, 1.0), pair("g/b", 1.0, 1.0), pair("g/c", 1.0, 0.0), pair("g/d", 1.0, 0.0))
    found = flips(task_outcomes(dataclasses.replace(verdict, pairs=pairs)))

    assert [row.task for row in found] == ["g/c", "g/d", "g/a"]
    assert count_flips(found) == "1 better, 2 worse"
