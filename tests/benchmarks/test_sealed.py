"""The sealed measurement: a fixed sample, both arms at once, clustered by group."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from benchmarks.errors import PlanError
from benchmarks.gate.testing import (
    FAIL,
    PASS,
    Ending,
    SimulatedExecutor,
    arm_of,
    pass_rates,
    simulated_checkout,
    simulated_pairs,
    simulated_tasks,
)
from benchmarks.sealed import (
    SealedResult,
    SealedSample,
    lower_bound,
    measure_sealed,
    sealed_result,
    sealed_sample,
)
from harness.errors import BrokenSystemError
from harness.runs import RunRequest
from traces import attributes
from traces.outcome import Outcome


def sample_of(groups: int = 40, per_group: int = 2, seed: int = 1) -> SealedSample:
    return sealed_sample(
        baseline=simulated_checkout("first"),
        final=simulated_checkout("last"),
        tasks=list(simulated_tasks(groups, per_group=per_group).values()),
        suite="simulated",
        seed=seed,
    )


def test_every_task_runs_once_in_each_arm_with_one_seed() -> None:
    """Both arms of a pair share the seed and stand next to each other."""
    requests = list(sample_of().requests())
    pairs = list(zip(requests[::2], requests[1::2], strict=True))

    assert len(requests) == 160
    assert all(first.assignment.task == second.assignment.task for first, second in pairs)
    assert all(first.seed == second.seed for first, second in pairs)
    assert {arm_of(first) for first, _ in pairs} == {"control", "candidate"}


def test_requests_say_what_they_are_for() -> None:
    """Labels of the sealed split and the harness of each arm."""
    by_arm = {arm_of(request): request for request in sample_of().requests()}

    assert by_arm["control"].checkout.tree == "first"
    assert by_arm["candidate"].checkout.tree == "last"
    assert by_arm["control"].labels[attributes.SPLIT] == "sealed"
    assert by_arm["control"].labels[attributes.EXPERIMENT] == sample_of().id


def test_counts_effect_and_bound_of_an_improvement() -> None:
    """Every group gains: before, after and a bound above zero."""
    result = measure_sealed(sample_of(), executor=SimulatedExecutor(ends=pass_rates(0.4, 0.8)))

    assert (result.before_total, result.after_total, result.groups) == (80, 80, 40)
    assert result.effect == pytest.approx((result.after_passed - result.before_passed) / 80)
    assert 0.0 < result.lower_bound < result.effect


def test_an_unchanged_harness_shows_no_effect() -> None:
    """Equal rates and seeds: zero, with a bound of zero."""
    result = measure_sealed(sample_of(), executor=SimulatedExecutor(ends=pass_rates(0.5, 0.5)))

    assert (result.effect, result.lower_bound) == (0.0, 0.0)


def test_the_result_does_not_depend_on_the_order_in_which_runs_finish() -> None:
    """Eight in flight, shuffled, give what one at a time gives."""
    one, other = (
        measure_sealed(
            sample_of(),
            executor=SimulatedExecutor(ends=pass_rates(0.4, 0.7), in_flight=in_flight, shuffle=in_flight),
        )
        for in_flight in (1, 8)
    )

    assert one == other


def test_the_bound_is_the_one_sided_t_interval_over_group_means() -> None:
    """The same number as SciPy's own test gives."""
    generator = random.Random(4)
    means = [generator.uniform(-0.5, 1.0) for _ in range(40)]
    expected = ttest_1samp(means, 0.0, alternative="greater").confidence_interval(0.95).low

    assert lower_bound(means) == pytest.approx(expected)


def test_repeating_tasks_within_groups_does_not_sharpen_the_bound() -> None:
    """Runs of one group count together: ten copies of each task tell nothing new."""

    def by_group(request: RunRequest) -> Ending:
        lucky = random.Random(request.labels[attributes.GROUP]).random() < 0.3
        return PASS if arm_of(request) == "candidate" and lucky else FAIL

    single, tenfold = (
        measure_sealed(sample_of(20, copies), executor=SimulatedExecutor(ends=by_group)) for copies in (1, 10)
    )

    assert tenfold.lower_bound == pytest.approx(single.lower_bound)


def test_the_bound_holds_in_at_least_nearly_nineteen_of_twenty_samples() -> None:
    """Coverage at the size of the demo: 40 groups of two tasks, a true gain of 30 points."""
    generator = random.Random(9)
    held = 0
    for _ in range(400):
        means = [sum(generator.random() < 0.3 for _ in range(2)) / 2 for _ in range(40)]
        held += lower_bound(means) <= 0.3

    assert held / 400 >= 0.92


def test_a_run_that_broke_counts_at_its_worst_for_the_final_harness() -> None:
    """An unscored final run is a loss, an unscored baseline run counts as passed."""

    def ends(request: RunRequest) -> Ending:
        return replace(PASS, outcome=Outcome.ERRORED) if arm_of(request) == "control" else PASS

    result = measure_sealed(sample_of(), executor=SimulatedExecutor(ends=ends))

    assert (result.before_passed, result.after_passed, result.effect) == (0, 80, 0.0)


def test_a_killed_measurement_resumes_without_running_anything_twice() -> None:
    """The same keys, answered from the store."""
    first = SimulatedExecutor(ends=pass_rates(0.4, 0.8), dies_after=31)
    with pytest.raises(KeyboardInterrupt):
        measure_sealed(sample_of(), executor=first)
    second = SimulatedExecutor(ends=pass_rates(0.4, 0.8), store=first.store, shuffle=3)

    result = measure_sealed(sample_of(), executor=second)

    assert result == measure_sealed(sample_of(), executor=SimulatedExecutor(ends=pass_rates(0.4, 0.8)))
    assert sorted(first.started + second.started) == sorted(sample_of().run_keys())


def test_the_record_is_json_with_the_runs_of_both_arms() -> None:
    """What the ledger keeps."""
    heard: list[str] = []
    result = measure_sealed(
        sample_of(3, 1),
        executor=SimulatedExecutor(ends=pass_rates(0.0, 1.0)),
        on_run=lambda run: heard.append(run.key),
    )
    record = json.loads(json.dumps(result.to_record()))

    assert record["before"] == {"passed": 0, "total": 3}
    assert record["after"] == {"passed": 3, "total": 3}
    assert record["pairs"][0]["after"] == "passed"
    assert len(heard) == 6


def test_one_group_is_no_sample() -> None:
    """Nothing can be said about groups from one of them."""
    with pytest.raises(PlanError, match="at least 2 groups"):
        sample_of(1)


def test_other_seeds_draw_other_samples() -> None:
    """Order and run seeds follow from the seed."""
    assert sample_of(seed=1).id != sample_of(seed=2).id
    assert sample_of(seed=1) == sample_of(seed=1)


def test_an_executor_that_ends_early_is_a_broken_system() -> None:
    """A missing run is never skipped."""
    executor = SimulatedExecutor(ends=pass_rates(0.4, 0.8), in_flight=0)

    with pytest.raises(BrokenSystemError, match="ended without a result"):
        measure_sealed(sample_of(), executor=executor)


@given(means=st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=30), shift=st.floats(-0.5, 0.5))
def test_the_bound_moves_with_the_effect_and_never_lies_above_it(means: list[float], shift: float) -> None:
    """Adding the same to every group moves the bound by as much."""
    bound = lower_bound(means)

    assert bound <= sum(means) / len(means) + 1e-9
    assert lower_bound([value + shift for value in means]) == pytest.approx(bound + shift, abs=1e-9)
    assert lower_bound(means[::-1]) == pytest.approx(bound, abs=1e-9)


def test_groups_weigh_alike_however_many_tasks_they_have() -> None:
    """A group of nine tasks that gained does not outvote one task that lost."""
    many, one = "g00", "g01"
    pairs = simulated_pairs(*[(FAIL, PASS)] * 9, (PASS, FAIL))
    results = [replace(p.result(), group=many if p.position < 9 else one) for p in pairs]
    result = sealed_result(results)

    assert (result.effect, result.groups) == (0.0, 2)
    assert (result.before_passed, result.after_passed) == (1, 9)


def test_the_identity_of_a_sample_follows_from_what_is_measured() -> None:
    """Trees, tasks, suite and seed make it; commits, workers and the order of the tasks do not."""
    tasks = list(simulated_tasks(4).values())

    def identity(**changes: Any) -> str:
        arguments: dict[str, Any] = {
            "baseline": simulated_checkout("first"),
            "final": simulated_checkout("last"),
            "tasks": tasks,
            "suite": "simulated",
            "seed": 1,
        }
        return sealed_sample(**{**arguments, **changes}).id

    same = [
        {"in_flight": 7},
        {"tasks": tasks[::-1]},
        {"final": replace(simulated_checkout("last"), commit="c")},
    ]
    others = [
        {"seed": 2},
        {"suite": "other"},
        {"tasks": tasks[:3]},
        {"baseline": simulated_checkout("last"), "final": simulated_checkout("first")},
        {"final": simulated_checkout("newer")},
    ]

    assert {identity(**change) for change in same} == {identity()}
    assert len({identity(), *(identity(**change) for change in others)}) == 1 + len(others)


def test_the_look_names_exactly_the_runs_that_are_asked_for() -> None:
    """What is recorded before the first run is what is run, no more and no less."""
    sample = sample_of(5, 3)

    assert sorted(sample.run_keys()) == sorted(request.key for request in sample.requests())
    assert len(set(sample.run_keys())) == 30


def test_tasks_are_measured_in_a_drawn_order() -> None:
    """So that whatever changes with time strikes no group in particular; each task has its own seed."""
    sample = sample_of(30, 1)
    order = [task.id for task in sample.tasks]
    seeds = {request.seed for request in sample.requests()}

    assert order != sorted(order)
    assert sorted(order) == sorted(simulated_tasks(30))
    assert len(seeds) == 30


def test_a_result_is_read_back_from_its_record() -> None:
    """So that a split which was opened is never run a second time, whatever became of its spans."""
    found = measure_sealed(sample_of(), executor=SimulatedExecutor(ends=pass_rates(0.3, 0.6)))

    again = SealedResult.from_record(json.loads(json.dumps(found.to_record())))

    assert again.to_record() == found.to_record()
    assert (again.effect, again.lower_bound, again.groups) == (found.effect, found.lower_bound, found.groups)
    assert [pair.difference for pair in again.pairs] == [pair.difference for pair in found.pairs]
