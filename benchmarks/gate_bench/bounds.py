"""How sure a simulated rate is."""

from __future__ import annotations

from scipy.stats import binomtest


def upper95(hits: int, tries: int) -> float:
    """The one-sided 95 % upper bound of a rate (Clopper and Pearson 1934)."""
    return float(binomtest(hits, tries).proportion_ci(0.9, method="exact").high)


def lower95(hits: int, tries: int) -> float:
    """The one-sided 95 % lower bound of a rate (Clopper and Pearson 1934)."""
    return float(binomtest(hits, tries).proportion_ci(0.9, method="exact").low)
