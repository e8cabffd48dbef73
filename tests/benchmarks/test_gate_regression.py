"""The regression veto: reliable beforehand, lost in the experiment, lost again in fresh runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from benchmarks.gate.paired_runs import results_of
from benchmarks.gate.regression import (
    FRESH_RUNS,
    RELIABLE_RUNS,
    EarlierRun,
    FreshRuns,
    regression_guard,
    reliable_tasks,
    suspects,
)
from benchmarks.gate.testing import FAIL, PASS, Ending, simulated_pairs, simulated_run
from harness.runs import RunResult
from traces.outcome import Outcome

UNSCORED = (Outcome.ERRORED, Outcome.UNKNOWN)


def history_of(outcomes: Sequence[Outcome], task: str = "t") -> list[EarlierRun]:
    return [EarlierRun(task=task, outcome=outcome) for outcome in outcomes]


def fresh_of(task: str, *, control: int, candidate: int) -> FreshRuns:
    def arm(name: str, passed: int) -> list[RunResult]:
        endings = [PASS] * passed + [FAIL] * (FRESH_RUNS - passed)
        return [simulated_run(f"{task}/{name}/{number}", ending) for number, ending in enumerate(endings)]

    return {"control": arm("control", control), "candidate": arm("candidate", candidate)}


@given(outcomes=st.lists(st.sampled_from(Outcome), max_size=14))
def test_reliable_means_that_the_last_five_scored_runs_all_passed(outcomes: list[Outcome]) -> None:
    """Whatever lies between or before them."""
    scored = [outcome for outcome in outcomes if outcome not in UNSCORED]
    last = scored[-RELIABLE_RUNS:]

    assert (reliable_tasks(history_of(outcomes)) == {"t"}) is (last == [Outcome.PASSED] * RELIABLE_RUNS)


def test_tasks_are_judged_apart_though_their_runs_are_mixed() -> None:
    """A failure of one task between the passes of another does not touch it."""
    passed, failed = Outcome.PASSED, Outcome.FAILED
    mixed = [run for _ in range(5) for run in history_of([passed], "a") + history_of([failed], "b")]

    assert reliable_tasks(mixed) == {"a"}


def test_without_history_nothing_is_reliable() -> None:
    """The first experiment of a harness has no veto."""
    assert reliable_tasks(()) == frozenset()


@pytest.mark.parametrize(
    ("endings", "is_suspect"),
    [
        ((FAIL,), True),
        ((FAIL, PASS), False),
        ((FAIL, PASS, FAIL), True),
        ((Ending(outcome=Outcome.TIMED_OUT),), True),
        ((Ending(outcome=Outcome.ERRORED),), True),
        ((PASS,), False),
    ],
)
def test_a_suspect_lost_more_than_half_of_its_candidate_runs(
    endings: tuple[Ending, ...], is_suspect: bool
) -> None:
    """Anything but a pass is a loss, and a run that broke is followed up too."""
    pairs = simulated_pairs(*[(PASS, ending) for ending in endings], task="t")

    assert suspects(frozenset({"t"}), results_of(pairs)) == (("t",) if is_suspect else ())


def test_the_controls_own_failure_in_the_experiment_does_not_clear_a_suspect() -> None:
    """Fresh runs of both arms decide, not the one unlucky pair."""
    assert suspects(frozenset({"t"}), results_of(simulated_pairs((FAIL, FAIL), task="t"))) == ("t",)


def test_suspects_come_in_the_order_they_were_met() -> None:
    """Fresh runs are asked for in an order that depends on the plan only."""
    pairs = simulated_pairs(*[(PASS, FAIL)] * 4)

    assert suspects(frozenset({"g3/m0", "g0/m0", "g2/m0"}), results_of(pairs)) == ("g0/m0", "g2/m0", "g3/m0")


@given(control=st.integers(0, FRESH_RUNS), candidate=st.integers(0, FRESH_RUNS))
def test_a_veto_needs_a_clear_loss_against_a_control_that_still_passes(control: int, candidate: int) -> None:
    """At least four passes of six fewer than the control, and nothing in between."""

    def rerun(tasks: Sequence[str]) -> Mapping[str, FreshRuns]:
        return {task: fresh_of(task, control=control, candidate=candidate) for task in tasks}

    block = regression_guard(frozenset({"t"}), results_of(simulated_pairs((PASS, FAIL), task="t")), rerun)

    assert (block is not None) is (control - candidate >= 4)


def test_what_vetoes_is_hardly_ever_chance() -> None:
    """Whatever both arms' common pass rate, so large a loss has a one-sided exact p-value below 5 %; 2 against 5 has not."""
    table = {
        (lost, kept): fisher_exact([[lost, 6 - lost], [kept, 6 - kept]], alternative="less").pvalue
        for lost in range(7)
        for kept in range(7)
    }

    assert max(chance for (lost, kept), chance in table.items() if kept - lost >= 4) < 0.05
    assert table[2, 5] > 0.1


def test_the_objection_counts_lost_tasks_and_shows_only_their_failed_runs() -> None:
    """Of three suspects one recovers; the numbers are those of the first that did not."""
    counts = {"g0/m0": (6, 6), "g1/m0": (6, 1), "g2/m0": (5, 0)}

    def rerun(tasks: Sequence[str]) -> Mapping[str, FreshRuns]:
        return {t: fresh_of(t, control=counts[t][0], candidate=counts[t][1]) for t in tasks}

    block = regression_guard(frozenset(counts), results_of(simulated_pairs(*[(PASS, FAIL)] * 3)), rerun)

    assert block is not None
    assert block.guard == "regression"
    assert block.reason == (
        "2 task(s) that always passed now fail: g1/m0 passed 1 of 6 fresh candidate runs and 6 of 6 "
        "of the control's"
    )
    assert len(block.runs) == 5 + 6


def test_all_suspects_are_rerun_at_once() -> None:
    """One request for fresh runs, so that they share the executor."""
    asked: list[Sequence[str]] = []

    def rerun(tasks: Sequence[str]) -> Mapping[str, FreshRuns]:
        asked.append(tasks)
        return {task: fresh_of(task, control=6, candidate=6) for task in tasks}

    reliable = frozenset({"g0/m0", "g1/m0"})

    assert regression_guard(reliable, results_of(simulated_pairs(*[(PASS, FAIL)] * 3)), rerun) is None
    assert asked == [("g0/m0", "g1/m0")]
