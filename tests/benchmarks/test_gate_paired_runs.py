"""Pairs of runs: scores that count, pairs that differ, results as the verdict keeps them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.paired_runs import ARMS, runs_of, score_of
from benchmarks.gate.testing import FAIL, PASS, Ending, simulated_pairs, simulated_run
from benchmarks.gate.verdict import PairResult
from traces.outcome import Outcome

SCORES = st.none() | st.floats(0.0, 1.0)


@pytest.mark.parametrize(("score", "counted"), [(0.3, 0.3), (-0.5, 0.0), (1.7, 1.0), (1.0, 1.0)])
def test_a_score_beyond_its_bounds_is_cut(score: float, counted: float) -> None:
    """No single task may count more than a task."""
    assert score_of(simulated_run("k", replace(FAIL, score=score))) == counted


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_verdicts_on_the_harness_have_a_score(outcome: Outcome) -> None:
    """Broken infrastructure and a missing verifier say nothing, whatever number the run carries."""
    ending = Ending(outcome=outcome, score=0.5)
    expected = None if outcome in {Outcome.ERRORED, Outcome.UNKNOWN} else 0.5

    assert score_of(simulated_run("k", ending)) == expected


def test_a_pair_becomes_a_result_with_both_runs() -> None:
    """Ids, scores and outcomes of either arm at their places."""
    (pair,) = simulated_pairs((FAIL, replace(PASS, score=0.75)))
    result = pair.result()

    assert (result.position, result.task, result.group) == (0, "g0/m0", "g0")
    assert (result.control_run, result.candidate_run) == (pair.control.run_id, pair.candidate.run_id)
    assert (result.control_score, result.candidate_score) == (0.0, 0.75)
    assert (result.control_outcome, result.candidate_outcome) == (Outcome.FAILED, Outcome.PASSED)
    assert result.difference == 0.75


def test_runs_diverged_when_their_digests_differ() -> None:
    """Two runs that did the same, step by step, tell nothing of the change."""
    same, other = simulated_pairs((PASS, PASS), (PASS, FAIL))

    assert not same.result().diverged
    assert other.result().diverged


def test_the_runs_of_one_arm_come_in_the_planned_order() -> None:
    """And either arm is found by its name."""
    pairs = simulated_pairs((PASS, FAIL), (FAIL, PASS))

    assert [run.key for run in runs_of(pairs, "candidate")] == ["0/candidate", "1/candidate"]
    assert [pairs[0].arm(arm).outcome for arm in ARMS] == [Outcome.PASSED, Outcome.FAILED]


def pair_result(control: float | None, candidate: float | None) -> PairResult:
    return PairResult(
        position=0,
        task="t",
        group="g",
        control_run="a",
        candidate_run="b",
        control_score=control,
        candidate_score=candidate,
        control_outcome=Outcome.PASSED,
        candidate_outcome=Outcome.PASSED,
    )


@given(control=SCORES, candidate=SCORES)
def test_a_missing_score_never_helps_the_candidate(control: float | None, candidate: float | None) -> None:
    """An unscored pair counts at most what any score in its place would have given."""
    difference = pair_result(control, candidate).difference

    assert -1.0 <= difference <= 1.0
    assert difference <= pair_result(0.5 if control is None else control, candidate).difference
    assert difference <= pair_result(control, 0.5 if candidate is None else candidate).difference


def test_two_missing_scores_are_a_whole_loss() -> None:
    """The worst for the candidate is a pass lost."""
    assert pair_result(None, None).difference == -1.0
