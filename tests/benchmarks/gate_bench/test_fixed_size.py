"""The tests of fixed size need as many pairs as they should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.fixed_size import mcnemar_pairs, t_test_groups


@pytest.mark.parametrize(
    ("effect", "discordance", "error"), [(0.1, 0.2, 0.0025), (0.25, 0.4, 0.0025), (0.15, 0.3, 0.05)]
)
def test_mcnemar_finds_the_effect_in_four_of_five(
    generator: np.random.Generator, effect: float, discordance: float, error: float
) -> None:
    """By simulation with another implementation of the exact test."""
    pairs = mcnemar_pairs(effect, discordance, error=error)
    drawn = trinomial(generator, (500, pairs), effect=effect, discordance=discordance)
    found = [
        binomtest(int((row > 0).sum()), int((row != 0).sum()), 0.5, alternative="greater").pvalue <= error
        for row in drawn
    ]

    assert np.mean(found) == pytest.approx(0.8, abs=0.05)


def test_a_stricter_error_takes_more_pairs() -> None:
    """As do smaller effects and more noise."""
    base = mcnemar_pairs(0.15, 0.3, error=0.05)

    assert mcnemar_pairs(0.15, 0.3, error=0.0025) > base
    assert mcnemar_pairs(0.1, 0.3, error=0.05) > base
    assert mcnemar_pairs(0.15, 0.4, error=0.05) > base


def test_the_t_test_finds_the_effect_in_four_of_five(generator: np.random.Generator) -> None:
    """By simulation with SciPy's own test."""
    groups = t_test_groups(0.2, 0.4, error=0.0025)
    drawn = generator.normal(0.2, 0.4, size=(2000, groups))
    found = ttest_1samp(drawn, 0.0, axis=1, alternative="greater").pvalue <= 0.0025

    assert found.mean() == pytest.approx(0.8, abs=0.03)


def test_the_t_test_needs_about_what_the_normal_distribution_says() -> None:
    """For many groups: the square of (2.81 + 0.84) deviations over the effect."""
    assert t_test_groups(0.05, 0.4, error=0.0025) == pytest.approx(
        (2.807 + 0.8416) ** 2 * (0.4 / 0.05) ** 2, rel=0.02
    )
    assert math.isclose(t_test_groups(0.1, 0.4, error=0.0025) * 4, 852, rel_tol=0.05)
