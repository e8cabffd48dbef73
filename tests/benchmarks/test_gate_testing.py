"""The gate's testing module: what simulations rest on is itself tested."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.testing import (
    FAIL,
    PASS,
    Ending,
    NoVerifier,
    SimulatedExecutor,
    luck,
    pass_rates,
    simulated_checkout,
    simulated_pairs,
    simulated_tasks,
)
from harness.runs import RunRequest, run_id
from harness.sandboxes.directory import DirectorySandbox
from traces import attributes
from traces.outcome import Outcome

TASK = next(iter(simulated_tasks(1).values()))


def request_of(key: str, *, seed: int = 1, arm: str = "control") -> RunRequest:
    return RunRequest(
        key=key,
        checkout=simulated_checkout("tree"),
        assignment=TASK.assignment,
        verifier=TASK.verifier,
        seed=seed,
        labels={attributes.ARM: arm},
    )


def requests_of(count: int) -> list[RunRequest]:
    return [request_of(f"k{number}") for number in range(count)]


@pytest.mark.parametrize("attempt", [1, 3])
def test_a_simulated_run_has_the_identity_that_a_real_one_would_have(attempt: int) -> None:
    """Key and attempt make the trace id."""
    result = Ending(outcome=Outcome.PASSED, attempt=attempt).result(request_of("k"))

    assert result.run_id == run_id("k", attempt)
    assert (result.key, result.attempt) == ("k", attempt)


@pytest.mark.parametrize(
    ("ending", "score"), [(PASS, 1.0), (FAIL, 0.0), (Ending(outcome=Outcome.FAILED, score=0.5), 0.5)]
)
def test_a_score_follows_from_the_outcome_unless_it_is_given(ending: Ending, score: float) -> None:
    """Partial scores are said, all others follow."""
    assert ending.result(request_of("k")).score == score


@given(in_flight=st.integers(1, 9), shuffle=st.integers(0, 99), count=st.integers(0, 12))
def test_every_request_is_answered_once_whatever_the_order(in_flight: int, shuffle: int, count: int) -> None:
    """The results are those of the requests, no more and no fewer."""
    executor = SimulatedExecutor(ends=lambda _: PASS, in_flight=in_flight, shuffle=shuffle)
    keys = [result.key for result in executor.run(requests_of(count))]

    assert sorted(keys) == sorted(f"k{number}" for number in range(count))
    assert sorted(executor.started) == sorted(keys)
    assert executor.in_air == []


@given(in_flight=st.integers(1, 5))
def test_no_more_requests_are_pulled_than_may_be_in_flight(in_flight: int) -> None:
    """A lazy source is asked for as many as the executor may hold, and one more for each result."""
    pulled = 0

    def source() -> Iterator[RunRequest]:
        nonlocal pulled
        for request in requests_of(10):
            pulled += 1
            yield request

    results = SimulatedExecutor(ends=lambda _: PASS, in_flight=in_flight).run(source())
    seen = []
    for taken in range(1, 4):
        next(results)
        seen.append(pulled - taken < in_flight)
    results.close()  # type: ignore[attr-defined]

    assert all(seen)


def test_a_finished_key_is_answered_from_the_store() -> None:
    """Even if it would end otherwise now."""
    store = {"k0": PASS.result(request_of("k0"))}
    executor = SimulatedExecutor(ends=lambda _: FAIL, store=store)
    outcomes = {result.key: result.outcome for result in executor.run(requests_of(2))}

    assert outcomes == {"k0": Outcome.PASSED, "k1": Outcome.FAILED}
    assert executor.started == ["k1"]


def test_a_death_leaves_what_was_finished_in_the_store() -> None:
    """As a kill would."""
    executor = SimulatedExecutor(ends=lambda _: PASS, in_flight=1, dies_after=2)
    with pytest.raises(KeyboardInterrupt):
        list(executor.run(requests_of(5)))

    assert list(executor.store) == executor.started == ["k0", "k1"]


def test_runs_with_one_seed_share_their_luck() -> None:
    """So a better arm never loses a pair, and equal arms never differ."""
    ends = pass_rates(0.3, 0.6)
    for seed in range(50):
        control, candidate = (ends(request_of("k", seed=seed, arm=arm)) for arm in ("control", "candidate"))

        assert not (control is PASS and candidate is FAIL)
        assert (candidate is PASS) is (luck(request_of("k", seed=seed)) < 0.6)


def test_rates_are_met_on_average() -> None:
    """Over many seeds."""
    ends = pass_rates(0.3, 0.0)
    passed = sum(ends(request_of("k", seed=seed)) is PASS for seed in range(1000))

    assert 250 <= passed <= 350


def test_a_simulated_run_is_never_verified_as_passed() -> None:
    """Whoever really runs a simulated task learns that nothing was checked."""
    assert NoVerifier().verify({}, DirectorySandbox()).cause == "not_run"


def test_pairs_are_of_one_group_each_or_of_one_task() -> None:
    """As the guards' tests need them."""
    apart, together = simulated_pairs((PASS, FAIL), (FAIL, PASS)), simulated_pairs((PASS, FAIL), task="t")

    assert [pair.task for pair in apart] == ["g0/m0", "g1/m0"]
    assert [pair.task for pair in together] == ["t"]
    assert len({run.run_id for pair in apart for run in (pair.control, pair.candidate)}) == 4
