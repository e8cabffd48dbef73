"""The bench sees every broken gate fail where the shipped one holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from benchmarks.gate_bench.measures.rivals import rival_rates
from benchmarks.gate_bench.rivals.as_they_finish import AsTheyFinish
from benchmarks.gate_bench.rivals.every import RIVALS
from benchmarks.gate_bench.rivals.rival import Rival
from benchmarks.gate_bench.size import QUICK
from tests.examples import examples

NAMED = {
    "greedy",
    "mcnemar_peeking",
    "standard_errors",
    "suite_order",
    "as_they_finish",
    "without_replacement",
    "bets_per_task",
    "fired_pairs",
    "stored_control",
    "fresh_wealth",
    "pairs_for_groups",
    "unbudgeted",
}


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
def test_each_broken_gate_is_seen_and_the_shipped_one_holds_on_the_same_experiments(rival: Rival) -> None:
    """Its rate is above a nominal 5 % beyond chance; ours is not (a margin of chance for 300 experiments)."""
    found = rival_rates(rival, QUICK)

    assert found["is_seen"]
    assert found["lower95"] > 0.05
    assert found["gate_rate"] * found["experiments"] <= binom.ppf(0.999, found["experiments"], 0.05)


def test_a_gate_that_is_not_broken_is_not_seen() -> None:
    """The shipped gate in a rival's place does not count as one."""

    class Sound:
        name, idea, source = "sound", "the gate itself", "here"

        def tried(self, experiments: int, generator: np.random.Generator) -> object:
            tried = RIVALS[0].tried(experiments, generator)
            return type(tried)(rival=tried.gate, gate=tried.gate)

    assert not rival_rates(Sound(), QUICK)["is_seen"]  # type: ignore[arg-type]


def test_all_naive_versions_stand_in_the_bench() -> None:
    """Each under its own name, with what it does and where that is described."""
    assert {rival.name for rival in RIVALS} == NAMED
    assert all(rival.idea and rival.source for rival in RIVALS)


@settings(deadline=None, max_examples=examples(20))
@given(seed=st.integers(0, 99), in_flight=st.integers(1, 8))
def test_runs_in_flight_finish_when_a_place_was_free_for_them(seed: int, in_flight: int) -> None:
    """At no moment are more in flight than there are places, and a place is never idle while pairs wait."""
    generator = np.random.default_rng(seed)
    rival = AsTheyFinish(in_flight=in_flight, slow=10.0)
    failed = generator.random((1, 30)) < 0.4
    finished = rival._finished(failed, np.random.default_rng(seed))[0]
    seconds = np.where(failed, 10.0, 1.0) * np.random.default_rng(seed).uniform(0.8, 1.2, size=failed.shape)
    started = finished - seconds[0]
    flying = [int(((started <= at + 1e-9) & (finished > at + 1e-9)).sum()) for at in started]

    assert max(flying) <= in_flight
    assert started[:in_flight] == pytest.approx(0.0)
    assert (np.diff(started) >= -1e-9).all()
