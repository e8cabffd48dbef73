"""Coverage: breakage that strikes the candidate alone is no accident, equal breakage is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.coverage import CHANCE, SHOWN, coverage, coverage_guard
from benchmarks.gate.paired_runs import results_of
from benchmarks.gate.testing import FAIL, PASS, Ending, simulated_pairs
from traces.outcome import Outcome

BROKEN = (
    replace(PASS, attempt=2),
    replace(FAIL, attempt=3),
    Ending(outcome=Outcome.ERRORED),
    Ending(outcome=Outcome.UNKNOWN),
)


@pytest.mark.parametrize("ending", BROKEN, ids=["rescued", "failed in the end", "errored", "unknown"])
def test_a_run_without_a_verdict_at_its_first_attempt_is_not_covered(ending: Ending) -> None:
    """In whichever arm, and whatever came of the later attempts."""
    found = coverage(results_of(simulated_pairs((ending, PASS), (PASS, ending), (PASS, ending))))

    assert (found.runs, found.control, found.candidate) == (3, 2, 1)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.TIMED_OUT, Outcome.LIMIT_REACHED])
def test_a_harness_that_fails_by_itself_is_covered(outcome: Outcome) -> None:
    """Failing, timing out and running into a limit are verdicts on the harness."""
    found = coverage(results_of(simulated_pairs((PASS, Ending(outcome=outcome)))))

    assert (found.control, found.candidate) == (1, 1)


def test_no_pairs_are_no_objection() -> None:
    """Nothing ran, nothing broke."""
    assert coverage(()).runs == 0
    assert coverage_guard(()) is None


@given(control=st.integers(0, 12), candidate=st.integers(0, 12))
def test_the_guard_is_the_sign_test_at_five_percent(control: int, candidate: int) -> None:
    """It blocks exactly where so many of all broken runs fall on the candidate less often than by chance."""
    pairs = simulated_pairs(*[(BROKEN[0], PASS)] * control, *[(PASS, BROKEN[0])] * candidate)
    total = control + candidate
    tail = sum(choose(total, more) for more in range(candidate, total + 1)) / 2**total

    assert (coverage_guard(results_of(pairs)) is not None) is (total > 0 and tail <= CHANCE)


def choose(total: int, count: int) -> int:
    ways = 1
    for step in range(count):
        ways = ways * (total - step) // (step + 1)
    return ways


def test_breaking_less_often_than_the_control_never_blocks() -> None:
    """The test looks one way only."""
    assert coverage_guard(results_of(simulated_pairs(*[(BROKEN[2], PASS)] * 20))) is None


def test_the_objection_counts_both_arms_and_shows_a_handful_of_broken_runs() -> None:
    """Runs of the candidate that broke, in the planned order, and no others."""
    pairs = simulated_pairs((PASS, PASS), (BROKEN[2], PASS), *[(PASS, BROKEN[0])] * 9)
    block = coverage_guard(results_of(pairs))

    assert block is not None
    assert block.reason == "infrastructure broke in 9 of 11 candidate runs but in 1 of the control's"
    assert block.runs == tuple(pair.candidate.run_id for pair in pairs[2 : 2 + SHOWN])
