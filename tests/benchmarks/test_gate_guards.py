"""Activation, coverage, cost and regression: each blocks when it should and names its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from benchmarks.gate.activation import Mechanism, activation, activation_guard, parse_mechanism
from benchmarks.gate.cost_guard import CostLimits, cost_guard, cost_ratios
from benchmarks.gate.coverage import coverage, coverage_guard
from benchmarks.gate.guards import Guards, first_block
from benchmarks.gate.paired_runs import results_of
from benchmarks.gate.regression import (
    EarlierRun,
    FreshRuns,
    regression_guard,
    reliable_tasks,
    suspects,
)
from benchmarks.gate.testing import FAIL, PASS, Ending, simulated_pairs, simulated_run
from harness.runs import RunResult
from traces.outcome import Outcome

ERRORED = Ending(outcome=Outcome.ERRORED)
LOOPS = replace(PASS, activated={"LoopDetection": 2})


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("middleware:stock:LoopDetection", "middleware", "LoopDetection"),
        ("middleware:./middleware/guard.py:Guard", "middleware", "Guard"),
        ("middleware:langchain:ModelCallLimitMiddleware", "other", "ModelCallLimitMiddleware"),
        ("removal:stock:LoopDetection", "removal", "LoopDetection"),
        ("prompt", "prompt", ""),
        ("prompts/system.md", "prompt", ""),
        ("tools", "tools", ""),
        ("limits.steps", "limits", ""),
        ("harness.toml:limits.wall_seconds", "limits", ""),
        ("model.reasoning_effort", "effort", ""),
        ("something else", "other", ""),
    ],
)
def test_a_mechanism_is_read_from_a_proposal(text: str, kind: str, name: str) -> None:
    """Every form that a proposal may take."""
    mechanism = parse_mechanism(text)

    assert (mechanism.kind, mechanism.name) == (kind, name)


@pytest.mark.parametrize(
    ("mechanism", "control", "candidate", "answer"),
    [
        ("middleware:stock:LoopDetection", PASS, LOOPS, "fired"),
        ("middleware:stock:LoopDetection", PASS, replace(PASS, activated={"LoopDetection#2": 1}), "fired"),
        ("middleware:stock:Loop", PASS, LOOPS, "never_fired"),
        ("middleware:stock:LoopDetection", LOOPS, PASS, "never_fired"),
        (
            "middleware:stock:LoopDetection",
            PASS,
            replace(PASS, activated={"LoopDetection": 0}),
            "never_fired",
        ),
        ("removal:stock:LoopDetection", LOOPS, PASS, "fired"),
        ("removal:stock:LoopDetection", LOOPS, LOOPS, "never_fired"),
        ("removal:stock:LoopDetection", PASS, PASS, "never_fired"),
        ("middleware:langchain:Any", PASS, PASS, "not_applicable"),
    ],
)
def test_a_middleware_fires_by_its_event_and_a_removal_by_its_absence(
    mechanism: str, control: Ending, candidate: Ending, answer: str
) -> None:
    """Events of the named middleware only, in the arm where they should be."""
    assert activation(parse_mechanism(mechanism), simulated_pairs((control, candidate))) == answer


@pytest.mark.parametrize(
    ("mechanism", "field"),
    [("prompt", "prompt_hashes"), ("tools", "tools_hashes"), ("model.reasoning_effort", "efforts")],
)
def test_a_setting_fires_when_its_value_in_effect_differs_within_a_pair(mechanism: str, field: str) -> None:
    """Another value in effect, the same value, and no value at all."""
    old, new = replace(PASS, **{field: frozenset({"a"})}), replace(PASS, **{field: frozenset({"a", "b"})})
    what = parse_mechanism(mechanism)

    assert activation(what, simulated_pairs((old, old), (old, new))) == "fired"
    assert activation(what, simulated_pairs((new, old), (old, old))) == "never_fired"
    assert activation(what, simulated_pairs((PASS, PASS))) == "not_applicable"


def test_a_limit_fires_by_the_hash_of_the_limits_in_force() -> None:
    """Limits have one hash a run."""
    old, new = replace(PASS, limits_hash="a"), replace(PASS, limits_hash="b")

    assert activation(Mechanism(kind="limits"), simulated_pairs((old, new))) == "fired"
    assert activation(Mechanism(kind="limits"), simulated_pairs((old, old))) == "never_fired"


def test_a_mechanism_that_never_fired_blocks_and_names_runs() -> None:
    """The gain then has another cause."""
    pairs = simulated_pairs(*[(FAIL, PASS)] * 9)
    block = activation_guard(parse_mechanism("middleware:stock:LoopDetection"), pairs)

    assert block is not None
    assert "LoopDetection was never in effect in any of 9" in block.reason
    assert block.runs == tuple(pair.candidate.run_id for pair in pairs[:5])


def test_a_mechanism_that_fired_once_does_not_block() -> None:
    """Activation is one yes or no for the experiment."""
    pairs = simulated_pairs((FAIL, PASS), (FAIL, LOOPS))

    assert activation_guard(parse_mechanism("middleware:stock:LoopDetection"), pairs) is None


def test_cost_is_compared_over_all_consumed_pairs() -> None:
    """Means over the arms, and no ratio where the control's cost is unknown."""
    cheap, dear = replace(PASS, tokens=100, seconds=10.0), replace(PASS, tokens=500, seconds=10.0)
    ratios = cost_ratios(simulated_pairs((cheap, cheap), (cheap, dear)))

    assert (ratios.tokens, ratios.seconds, ratios.money) == (3.0, 1.0, None)
    assert ratios.headline == 3.0


@pytest.mark.parametrize(
    ("candidate", "name"),
    [
        (replace(PASS, tokens=2100), "tokens"),
        (replace(PASS, seconds=130.0), "seconds"),
        (replace(PASS, cost_usd=0.5), "money"),
    ],
)
def test_a_candidate_that_costs_too_much_is_blocked(candidate: Ending, name: str) -> None:
    """Each kind of cost on its own."""
    pairs = simulated_pairs((replace(PASS, cost_usd=0.1), candidate))
    block = cost_guard(CostLimits(), pairs)

    assert block is not None
    assert f"times the control's {name}" in block.reason
    assert block.runs == (pairs[0].candidate.run_id,)


def test_a_candidate_within_its_costs_is_not_blocked() -> None:
    """Exactly at the limit is allowed."""
    assert cost_guard(CostLimits(tokens=2.0), simulated_pairs((PASS, replace(PASS, tokens=2000)))) is None


def test_coverage_counts_first_attempts() -> None:
    """A run that a retry rescued is not covered, nor is one that broke for good."""
    rescued = replace(PASS, attempt=2)
    found = coverage(results_of(simulated_pairs((PASS, rescued), (PASS, ERRORED), (rescued, PASS))))

    assert (found.runs, found.control, found.candidate) == (3, 2, 1)


@pytest.mark.parametrize(("control", "candidate", "blocks"), [(0, 4, False), (0, 5, True), (4, 6, False)])
def test_breaking_more_often_than_the_control_blocks(control: int, candidate: int, blocks: bool) -> None:
    """Five against none is no accident; six against four may be."""
    rescued = replace(PASS, attempt=2)
    pairs = simulated_pairs(
        *[(rescued, PASS)] * control, *[(PASS, rescued)] * candidate, *[(PASS, PASS)] * (20 - candidate)
    )
    block = coverage_guard(results_of(pairs))

    assert (block is not None) is blocks
    if block is not None:
        assert block.runs == tuple(pair.candidate.run_id for pair in pairs[:5])


def test_a_task_is_reliable_after_five_earlier_passes_in_a_row() -> None:
    """Runs without a verdict do not count for or against."""
    history = [
        *[EarlierRun(task="steady", outcome=Outcome.PASSED)] * 5,
        EarlierRun(task="steady", outcome=Outcome.ERRORED),
        *[EarlierRun(task="young", outcome=Outcome.PASSED)] * 4,
        *[EarlierRun(task="flaky", outcome=Outcome.PASSED)] * 5,
        EarlierRun(task="flaky", outcome=Outcome.TIMED_OUT),
        EarlierRun(task="mended", outcome=Outcome.FAILED),
        *[EarlierRun(task="mended", outcome=Outcome.PASSED)] * 5,
    ]

    assert reliable_tasks(history) == {"steady", "mended"}


def test_only_reliable_tasks_whose_majority_was_lost_are_suspects() -> None:
    """One loss of two is no majority, and other tasks do not matter."""
    lost, even = (
        simulated_pairs((PASS, FAIL), task="lost"),
        simulated_pairs((PASS, FAIL), (PASS, PASS), task="even"),
    )
    other = simulated_pairs((PASS, FAIL), task="other")

    assert suspects(frozenset({"lost", "even"}), results_of((*lost, *even, *other))) == ("lost",)


def fresh(control: int, candidate: int) -> FreshRuns:
    def arm(name: str, passed: int) -> list[RunResult]:
        return [
            simulated_run(f"fresh/{name}/{number}", PASS if number < passed else FAIL) for number in range(6)
        ]

    return {"control": arm("control", control), "candidate": arm("candidate", candidate)}


@pytest.mark.parametrize(
    ("control", "candidate", "vetoed"), [(6, 0, True), (5, 1, True), (5, 2, False), (4, 0, True)]
)
def test_the_veto_needs_fresh_runs_that_confirm_the_loss(control: int, candidate: int, vetoed: bool) -> None:
    """Candidate at most 2 and control at least 5 of 6."""
    asked: list[str] = []

    def rerun(tasks: Sequence[str]) -> Mapping[str, FreshRuns]:
        asked.extend(tasks)
        return dict.fromkeys(tasks, fresh(control, candidate))

    block = regression_guard(frozenset({"t"}), results_of(simulated_pairs((PASS, FAIL), task="t")), rerun)

    assert asked == ["t"]
    assert (block is not None) is vetoed
    if block is not None:
        assert len(block.runs) == 6 - candidate


def never(tasks: Sequence[str]) -> Mapping[str, FreshRuns]:
    raise AssertionError(f"asked for fresh runs of {tasks}")


def test_without_a_suspect_no_fresh_run_is_paid_for() -> None:
    """A reliable task that still passes needs no proof."""
    assert regression_guard(frozenset({"g0/m0"}), results_of(simulated_pairs((PASS, PASS))), never) is None


def test_the_cheap_guards_speak_before_fresh_runs_are_paid_for() -> None:
    """A candidate that is blocked anyway costs nothing more."""
    guards = Guards(mechanism=parse_mechanism("middleware:stock:X"), reliable=frozenset({"g0/m0"}))
    block = first_block(guards, simulated_pairs((PASS, FAIL)), never)

    assert block is not None
    assert block.guard == "activation"
