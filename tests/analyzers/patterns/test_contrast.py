"""The contrast between failures and passes is adjusted for tasks and honest about small numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.observation import Observation
from analyzers.pattern import Contrast
from analyzers.patterns.contrast import Comparison, comparisons_that_count
from analyzers.patterns.panel import panel_of
from analyzers.testing import observed
from tests.examples import examples


def many(
    first: int, count: int, outcome: str, shown: int, *, steps: int = 10, at: int = 9, **more: str
) -> list[Observation]:
    """So many runs, of which the first ``shown`` show ``seen`` in step ``at``."""
    return [
        observed(
            first + number, outcome, shows={"seen": (at,)} if number < shown else {}, **more, steps=steps
        )
        for number in range(count)
    ]


def contrast(runs: list[Observation], *, comparisons: int = 1) -> Contrast:
    panel = panel_of(runs)
    failing = np.array(
        [row for row, seen in enumerate(panel.observations) if seen.is_failure], dtype=np.int64
    )
    passing = np.setdiff1d(np.arange(len(runs)), failing)
    return Comparison(panel, failing, passing).contrast(panel.showing["seen"], comparisons=comparisons)


def test_a_mechanism_of_failures_only_stands_out() -> None:
    """Its lower bound is well above zero."""
    found = contrast(many(100, 20, "failed", 20) + many(200, 20, "passed", 0))

    assert found.difference == 1
    assert 0.7 < found.interval[0] < 1
    assert found.interval[1] == 1


def test_a_mechanism_as_common_in_passes_explains_nothing() -> None:
    """The interval holds zero."""
    found = contrast(many(100, 20, "failed", 10) + many(200, 20, "passed", 10))

    assert found.difference == 0
    assert found.interval[0] < 0 < found.interval[1]


def test_it_agrees_with_newcombes_published_example() -> None:
    """56/70 against 48/80: 0.2 with 0.0524 to 0.3339 (Newcombe 1998, table II, case a, method 10)."""
    runs = many(1000, 70, "failed", 56) + many(2000, 80, "passed", 48)
    found = contrast(runs, comparisons=2)  # two-sided 95 %

    assert found.difference == pytest.approx(0.2)
    assert found.interval == pytest.approx((0.0524, 0.3339), abs=5e-4)


def test_a_hard_task_does_not_pass_for_a_mechanism() -> None:
    """Simpson's paradox: the signal goes with the task, not with failing it."""
    hard = many(0, 18, "failed", 18, task="hard") + many(100, 8, "passed", 8, task="hard")
    easy = many(200, 4, "failed", 0, task="easy") + many(300, 30, "passed", 0, task="easy")
    found = contrast(hard + easy)

    assert (found.basis, found.is_adjusted) == ("task", True)
    assert found.difference == pytest.approx(0, abs=1e-9)


def test_where_tasks_have_one_outcome_runs_of_a_repository_are_compared() -> None:
    """Tasks of one origin are alike in difficulty; runs of others are left out."""
    runs = many(0, 10, "failed", 10, repository="a") + many(100, 10, "passed", 10, repository="a")
    found = contrast(runs + many(200, 30, "passed", 0, repository="b"))

    assert (found.basis, found.is_adjusted) == ("repository", True)
    assert found.difference == 0


def test_then_those_of_a_suite_without_adjustment() -> None:
    """Imported runs of two sources do not share a stratum."""
    runs = many(0, 10, "failed", 10, suite="codex") + many(100, 4, "passed", 4, suite="codex")
    found = contrast(runs + many(200, 30, "passed", 0, suite="gemini"))

    assert (found.basis, found.is_adjusted) == ("suite", False)
    assert found.difference == 0


@pytest.mark.parametrize("passes", [[], many(200, 30, "passed", 0, suite="another")])
def test_without_a_pass_beside_it_there_is_no_contrast(passes: list[Observation]) -> None:
    """The share itself is given, with basis ``none``."""
    found = contrast(many(0, 20, "failed", 10) + passes)

    assert (found.basis, found.difference) == ("none", 0.5)
    assert found.interval[0] > 0


def test_more_comparisons_ask_for_more() -> None:
    """Twenty detectors have twenty chances to look good."""
    runs = many(0, 20, "failed", 14) + many(100, 20, "passed", 6)

    assert contrast(runs).interval[0] > 0 > contrast(runs, comparisons=20).interval[0]


def test_what_cannot_become_significant_does_not_count_as_a_comparison() -> None:
    """Tarone's correction: a detector seen in two of a hundred runs has no chance to mislead."""
    common, rare = (50, 100, 50), (2, 100, 50)

    assert comparisons_that_count([common] * 3 + [rare] * 20) == 3
    assert comparisons_that_count([common] * 3) == 3
    assert comparisons_that_count([]) == 1


def test_a_longer_run_counts_by_the_share_of_its_stretches() -> None:
    """Of 31 stretches of ten steps in forty, ten hold the one step in which it was seen."""
    runs = many(0, 10, "failed", 10, steps=40, at=20) + many(100, 10, "passed", 0, steps=10)

    assert contrast(runs).difference == pytest.approx(10 / 31)


def test_what_fills_a_long_run_is_seen_in_every_stretch() -> None:
    """A loop that needs three of its steps, and goes on to the end."""
    loops = [
        observed(number, steps=40, shows={"seen": tuple(range(6, 38, 4))}, needed=3) for number in range(10)
    ]

    assert contrast(loops + many(100, 10, "passed", 0, steps=20)).difference > 0.7


def test_passes_too_short_to_show_it_are_no_contrast() -> None:
    """Whoever ends after three steps cannot have done something five times: nothing is compared."""
    loops = [
        observed(number, steps=40, shows={"seen": (5, 10, 15, 20, 25)}, needed=5) for number in range(10)
    ]

    assert contrast(loops + many(100, 10, "passed", 0, steps=3)).basis == "none"


def test_an_ending_is_seen_once_in_a_run_however_long() -> None:
    """It is not held against long runs that they end later."""
    runs = many(0, 10, "failed", 10, steps=40, at=39) + many(100, 10, "passed", 0, steps=4)

    assert contrast(runs).difference == 1


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=examples(40), deadline=None)
def test_the_interval_holds_the_difference(failed: int, passed: int, failures: int, passes: int) -> None:
    """And stays within -1..1, whatever the counts."""
    shown = [observed(999, "errored", shows={"seen": (9,)})]
    panel = panel_of(many(0, failures, "failed", failed) + many(100, passes, "passed", passed) + shown)
    comparison = Comparison(panel, np.arange(failures), np.arange(failures, failures + passes))
    found = comparison.contrast(panel.showing["seen"])

    assert -1 <= found.interval[0] <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.interval[1] <= 1
    assert not math.isnan(found.difference)
