"""Fixtures of the bench's tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.gate_bench.size import Size


@pytest.fixture
def generator() -> np.random.Generator:
    """Random numbers that are the same in every test."""
    return np.random.default_rng(5)


@pytest.fixture
def tiny() -> Size:
    """So little that a measure takes milliseconds; enough to see what it returns."""
    return Size(
        campaigns=6,
        budgets=3,
        experiments=40,
        rival_experiments=200,
        guarded=3,
        epochs=1,
        whole=2,
        streams=4,
    )


@pytest.fixture
def sections() -> dict[str, Any]:
    """Figures of a bench in which everything is as it should be but the large effect, with a worst one in each place."""
    suite = {
        "power_at_plan": 0.85,
        "power_at_twice": 0.999,
        "pairs_ratio_plan": 0.75,
        "pairs_ratio_twice": 0.3,
        "pairs_ratio_useless": 0.35,
        "pairs_ratio_harmful": 0.15,
        "pairs_ratio_campaign": 0.36,
    }
    alone = {key: value for key, value in suite.items() if key != "pairs_ratio_campaign"}
    groups = {
        "power_at_plan": 0.81,
        "power_at_twice": 1.0,
        "ratio_plan": 0.8,
        "ratio_twice": 0.4,
        "ratio_useless": 0.35,
        "ratio_harmful": 0.2,
        "ratio_campaign": 0.4,
    }
    return {
        "false_promotions": {
            "a_a": {"campaigns": 10_000, "rate": 0.03, "upper95": 0.033, "by_candidate": [0.01, 0.02, 0.03]},
            "quiet": {"campaigns": 10_000, "rate": 0.0, "upper95": 0.001, "by_candidate": [0.0, 0.0, 0.0]},
        },
        "suite": {
            "+10/.2 K=20": suite,
            "+25/.4 K=20": {**suite, "pairs_ratio_plan": 0.79},
            "+5/.2 K=1": {**alone, "power_at_plan": 0.801, "pairs_ratio_useless": 0.62},
        },
        "groups": {
            "+10 everywhere": groups,
            "+15 everywhere": {**groups, "ratio_twice": 0.47},
            "+25 everywhere": {**groups, "ratio_plan": 1.16, "ratio_twice": 0.62},
        },
        "rivals": {
            name: {
                "idea": f"idea of {name}",
                "source": "somebody",
                "experiments": 4000,
                "rate": rate,
                "lower95": rate - 0.01,
                "gate_rate": 0.03,
                "is_seen": True,
            }
            for name, rate in {"greedy": 0.47, "standard_errors": 0.13, "suite_order": 0.9}.items()
        },
        "coverage": {
            "rows": [
                {"covered": 0.97, "covered_unstopped": 0.955},
                {"covered": 0.96, "covered_unstopped": 0.96},
            ],
            "bound_disagreements": 0,
            "bound_looks": 1000,
        },
        "veto": {
            "rows": [
                {"blocked": 0.015, "caught": 0.999, "caught_of_listed": 0.97},
                {"blocked": 0.006, "caught": 0.998, "caught_of_listed": 0.91},
            ],
            "reliable_pass_rate": 0.98,
        },
        "drift": {"clean": 0.003, "drifted": 0.9, "points": 20.0},
        "breakage": {
            "adversaries": [{"breaks": 0.5, "promoted": 0.0, "promoted_without_guard": 0.6, "gain": 0.15}],
            "honest_blocked": 0.03,
        },
        "safety": {
            "rows": [{"false_safe": 0.04, "false_safe_upper95": 0.044, "safe_found": 0.9}],
            "anchored": {"mean_fall": 0.1, "worst_fall": 0.1, "beyond_margin": 0.0},
            "moving_baseline": {"mean_fall": 0.2, "worst_fall": 0.3, "beyond_margin": 0.5},
        },
        "long_run": {"10% helpful": {"fdr_at_worst": 0.03, "fdr": 0.01, "power": 0.9}},
        "curve": {
            "true_over_planned": [-1.0, 0.0, 1.0, 2.0],
            "power": [0.0, 0.0, 0.84, 1.0],
            "pairs_ratio": [0.16, 0.36, 0.77, 0.24],
        },
        "bias": {
            "true_effect": 0.1,
            "by_budget": {"planned budget": {"promoted": 0.84, "effect_at_stop": 0.124}},
        },
        "agreement": {"experiments": 60, "disagreements": 0},
    }
