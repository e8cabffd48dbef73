"""What the seeds with planted weaknesses together come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flywheel.bench_mining.planted.figures import planted_figures
from flywheel.bench_mining.planted.matching import Instance, SeedFigures

FOUND = Instance(
    seed=1,
    weakness="stubborn_edit",
    strength=0.4,
    failures=40,
    owing=10,
    share=0.25,
    mechanism="edit_loop",
    purity=1.0,
    held=0.9,
    remedy_is_right=True,
)
UNANSWERED = replace(FOUND, weakness="path_guess", mechanism="missing_path", remedy_is_right=False)
UNSEEN = replace(FOUND, weakness="effort_burn", owing=3, share=0.075, mechanism="", remedy_is_right=False)
TOO_RARE = replace(UNSEEN, owing=1, share=0.025)


def _seed(number: int, *instances: Instance, false: tuple[str, ...] = ()) -> SeedFigures:
    return SeedFigures(
        seed=number,
        instances=instances,
        runs=60,
        failures=40,
        over_determined=5,
        alone=4,
        patterns=3,
        own=("gave_up",),
        false=false,
    )


def test_recall_is_of_the_instances_that_count() -> None:
    """Found is what has a pattern and the right remedy; what accounts for too little is planted and not judged."""
    found = planted_figures([_seed(1, FOUND, UNANSWERED), _seed(2, FOUND, UNSEEN, TOO_RARE)])

    assert found["planted_instances"] == 5
    assert found["planted"]["judged_instances"] == 4
    assert found["planted_recall"] == 0.5
    assert found["remedy_in_top3"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["planted"]["matched"] == 0.75
    assert [each["weakness"] for each in found["planted"]["missed"]] == ["path_guess", "effort_burn"]


def test_seeds_with_a_false_pattern_are_counted_once() -> None:
    """However many there are."""
    found = planted_figures([_seed(1, false=("missing_path", "edit_loop")), _seed(2), _seed(3), _seed(4)])

    assert found["false_pattern_seed_share"] == 0.25
    assert found["planted"]["false_patterns"] == {"missing_path": 1, "edit_loop": 1}
    assert found["planted"]["patterns_of_the_model_itself"] == {"gave_up": 4}
    assert found["planted_recall"] is None


def test_the_interval_draws_whole_seeds() -> None:
    """With equal seeds it is a point; else it holds the recall."""
    equal = planted_figures([_seed(number, FOUND, UNSEEN) for number in range(9)])["planted"]
    other = planted_figures([_seed(n, FOUND if n % 3 else UNSEEN) for n in range(9)])

    assert equal["recall_interval"] == (0.5, 0.5)
    low, high = other["planted"]["recall_interval"]
    assert low < other["planted_recall"] < high


def test_figures_are_told_by_weakness_and_by_share() -> None:
    """With the remedies that are right, and why."""
    found = planted_figures([_seed(1, FOUND, UNANSWERED, UNSEEN)])["planted"]

    assert found["by_weakness"]["stubborn_edit"]["found"] == 1
    assert found["by_weakness"]["path_guess"]["matched"] == 1
    assert found["by_weakness"]["path_guess"]["found"] == 0
    assert "loop_detection" in found["by_weakness"]["stubborn_edit"]["right_remedies"]
    assert [band["instances"] for band in found["by_share"]] == [1, 0, 2]
