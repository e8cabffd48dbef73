"""What is planted with a seed, and what a run of it has."""

from __future__ import annotations

import pytest

from flywheel.bench_mining.planted.truth import (
    MOST_SEEDS,
    WEAKNESSES,
    coded,
    model_of,
    planted,
    profile_of,
    shown,
)


def test_several_weaknesses_of_varied_strength_are_planted() -> None:
    """Two to four of six, each within .1 to .6; the same seed plants the same, other seeds others."""
    every = [planted(seed) for seed in range(200)]

    assert {len(each) for each in every} == {2, 3, 4}
    assert {name for each in every for name in each} == set(WEAKNESSES)
    assert all(0.1 <= strength <= 0.6 for each in every for strength in each.values())
    assert planted(7) == planted(7)
    assert len({tuple(each.items()) for each in every}) > 190


def test_a_run_has_a_weakness_as_often_as_it_is_strong() -> None:
    """By the seed of the run; a weakness that is not planted is shown by none."""
    strengths = planted(3)
    runs = [shown(3, number) for number in range(2000)]

    for name in WEAKNESSES:
        share = sum(name in each for each in runs) / len(runs)
        assert share == pytest.approx(strengths.get(name, 0.0), abs=0.05)


def test_a_coded_seed_makes_the_model_of_that_run() -> None:
    """Own seed and strengths, less what is off; the number fits into a span's attribute."""
    names = sorted(planted(11))
    whole = model_of("simulated:coder", coded(11, 12345))
    less = model_of("simulated:coder", coded(11, 12345, off=names[:1]))

    assert whole.seed == less.seed == 12345  # type: ignore[attr-defined]
    assert whole.weaknesses == profile_of(planted(11))  # type: ignore[attr-defined]
    assert less.weaknesses == profile_of({**planted(11), names[0]: 0.0})  # type: ignore[attr-defined]
    assert coded(MOST_SEEDS - 1, (1 << 40) - 1, off=WEAKNESSES) < 1 << 63


def test_a_seed_that_does_not_fit_is_refused() -> None:
    """The message names what is valid."""
    with pytest.raises(ValueError, match=r"0\.\.4095"):
        coded(MOST_SEEDS, 1)
