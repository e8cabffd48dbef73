"""The time of runs in equal parts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from flywheel.analysis.periods import periods_of
from traces.run import Run
from traces.testing import small_run


def run_at(number: int, start_ns: int) -> Run:
    """A run that began then."""
    run = small_run(number, "failed")
    assert run.root is not None
    return replace(run, root=replace(run.root, start_ns=start_ns))


@given(st.lists(st.integers(min_value=1, max_value=2**62), max_size=60))
def test_each_run_is_in_exactly_one_period(starts: list[int]) -> None:
    """Whenever it began."""
    runs = [run_at(number, start) for number, start in enumerate(starts, start=1)]
    periods = periods_of(runs)
    held = [run_id for period in periods for run_id in period.runs]

    assert sorted(held) == sorted(run.run_id for run in runs)
    assert len(periods) <= 8


def test_few_runs_are_one_period() -> None:
    """Nothing but chance would show in more."""
    assert len(periods_of([run_at(number, number) for number in range(1, 20)])) == 1


def test_runs_without_times_have_no_course() -> None:
    """As where nothing was recorded of them."""
    assert periods_of([run_at(1, 0)]) == ()
    assert periods_of([]) == ()


def test_a_period_says_when_it_begins() -> None:
    """To the minute, in UTC."""
    assert periods_of([run_at(1, 1_700_000_000 * 10**9)])[0].label == "2023-11-14 22:13"
