"""The contrast between failures and passes is adjusted for tasks and honest about small numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.contrast import contrast_of
from analyzers.testing import Story
from traces.run import Run


def runs_of(task: str, outcome: str, numbers: range) -> list[Run]:
    return [Story(number, task=task).says("Done.").run(outcome) for number in numbers]


FAILURES = runs_of("a", "failed", range(100, 120))
PASSES = runs_of("b", "passed", range(200, 220))


def ids(runs: list[Run]) -> set[str]:
    return {run.run_id for run in runs}


def test_a_mechanism_of_failures_only_stands_out() -> None:
    """Its lower bound is well above zero."""
    contrast = contrast_of(ids(FAILURES), FAILURES, PASSES)

    assert contrast.difference == 1
    assert 0.7 < contrast.interval[0] < 1
    assert contrast.interval[1] == 1


def test_a_mechanism_as_common_in_passes_explains_nothing() -> None:
    """The interval holds zero."""
    contrast = contrast_of(ids(FAILURES[:10] + PASSES[:10]), FAILURES, PASSES)

    assert contrast.difference == 0
    assert contrast.interval[0] < 0 < contrast.interval[1]


def test_it_agrees_with_newcombes_published_example() -> None:
    """56/70 against 48/80: 0.2 with 0.0524 to 0.3339 (Newcombe 1998, table II, case a, method 10)."""
    failures = runs_of("a", "failed", range(1000, 1070))
    passes = runs_of("b", "passed", range(2000, 2080))
    shown = ids(failures[:56] + passes[:48])
    contrast = contrast_of(shown, failures, passes, comparisons=2)  # two-sided 95 %

    assert contrast.difference == pytest.approx(0.2)
    assert contrast.interval == pytest.approx((0.0524, 0.3339), abs=5e-4)


def test_a_hard_task_does_not_pass_for_a_mechanism() -> None:
    """Simpson's paradox: the signal goes with the task, not with failing it."""
    hard = (runs_of("hard", "failed", range(18)), runs_of("hard", "passed", range(18, 22)))
    easy = (runs_of("easy", "failed", range(22, 26)), runs_of("easy", "passed", range(26, 44)))
    failures, passes = hard[0] + easy[0], hard[1] + easy[1]
    extra = runs_of("easy", "passed", range(44, 52)) + runs_of("hard", "passed", range(52, 56))
    contrast = contrast_of(ids(hard[0] + hard[1] + extra[-4:]), failures, passes + extra)

    assert contrast.basis == "task"
    assert contrast.difference == pytest.approx(0, abs=1e-9)


def test_too_few_tasks_with_both_outcomes_fall_back_to_the_suite() -> None:
    """And the basis says so."""
    assert contrast_of(ids(FAILURES), FAILURES, PASSES).basis == "suite"


def test_without_a_pass_there_is_no_contrast() -> None:
    """The share itself is given, with basis ``none``."""
    contrast = contrast_of(ids(FAILURES[:10]), FAILURES, [])

    assert contrast.basis == "none"
    assert contrast.difference == 0.5
    assert contrast_of(set(), [], PASSES).interval == (-1.0, 1.0)


def test_more_comparisons_ask_for_more() -> None:
    """Twenty detectors have twenty chances to look good."""
    shown = ids(FAILURES[:14] + PASSES[:6])
    one, twenty = (contrast_of(shown, FAILURES, PASSES, comparisons=n) for n in (1, 20))

    assert one.interval[0] > 0 > twenty.interval[0]


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_the_interval_holds_the_difference(failed: int, passed: int, failures: int, passes: int) -> None:
    """And stays within -1..1, whatever the counts."""
    contrast = contrast_of(ids(FAILURES[:failed] + PASSES[:passed]), FAILURES[:failures], PASSES[:passes])

    assert -1 <= contrast.interval[0] <= contrast.difference + 1e-9
    assert contrast.difference - 1e-9 <= contrast.interval[1] <= 1
