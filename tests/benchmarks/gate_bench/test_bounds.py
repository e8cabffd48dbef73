"""Bounds of simulated rates are Clopper and Pearson's."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from benchmarks.gate_bench.bounds import lower95, upper95


@pytest.mark.parametrize(("hits", "tries"), [(3, 100), (380, 10_000), (99, 100)])
def test_a_bound_is_the_rate_at_which_the_hits_are_a_one_in_twenty_chance(hits: int, tries: int) -> None:
    """From above and from below."""
    assert binom.cdf(hits, tries, upper95(hits, tries)) == pytest.approx(0.05)
    assert binom.sf(hits - 1, tries, lower95(hits, tries)) == pytest.approx(0.05)


def test_nothing_seen_is_not_nothing() -> None:
    """The rule of three: no hit in 300 says at most one in a hundred."""
    assert upper95(0, 300) == pytest.approx(0.01, abs=1e-4)
    assert lower95(0, 300) == 0.0
