"""The figures of a calibration, and two of them side by side."""

from __future__ import annotations

import dataclasses

import pytest

from flywheel.calibration import Calibration, RunCost
from flywheel.in_flight_effect import in_flight_effect


def calibration(scores: dict[str, tuple[float, ...]], **outcomes: int) -> Calibration:
    """These scores, each task a group of its own."""
    return Calibration(
        suite="s",
        epoch="s/epoch-1",
        split="mine",
        seed=1,
        commit="c" * 40,
        tree="t" * 40,
        isolation="none",
        in_flight=1,
        runs_per_task=4,
        scores=scores,
        groups={task: f"group of {task}" for task in scores},
        outcomes=outcomes,
        cost=RunCost(runs=4, tokens=1.0, usd=0.0, seconds=None, own_seconds=1.0),
    )


def test_flaky_tasks_are_those_that_do_not_always_end_alike() -> None:
    """Those nearest to a coin come first; steady and unscored ones are not among them."""
    found = calibration(
        {"rare": (0.0, 0.0, 0.0, 1.0), "coin": (1.0, 0.0, 1.0, 0.0), "never": (0.0,) * 4, "broken": ()}
    )

    assert found.flaky == ("coin", "rare")
    assert found.pass_rate == pytest.approx((0.25 + 0.5) / 3)


def test_a_groups_noise_is_unbiased_in_its_runs() -> None:
    """A coin with two of four: 2·p·(1-p)·r/(r-1) = 2/3; one run tells nothing."""
    found = calibration({"coin": (1.0, 0.0, 1.0, 0.0), "once": (1.0,)}).by_group()

    assert found["group of coin"] == pytest.approx((2 / 3, 0.5, 4))
    assert found["group of once"] == (0.0, 1.0, 1)


def test_more_runs_at_once_that_change_the_results_are_seen() -> None:
    """Thirty tasks that all pass less often, and runs that time out."""
    steady = {f"t{task}": (1.0, 1.0, 1.0, 0.0) for task in range(30)}
    worse = dict.fromkeys(steady, (1.0, 0.0, 0.0, 0.0))
    first = calibration(steady, passed=90, failed=30)
    second = dataclasses.replace(calibration(worse, passed=30, failed=60, timed_out=30), in_flight=4)

    effect = in_flight_effect(first, second)

    assert effect.is_sure
    assert effect.pass_rate_difference == pytest.approx(-0.5)
    assert effect.broken == (0, 30)
    assert "changes the results" in effect.words


def test_noise_between_two_settings_is_not_taken_for_an_effect() -> None:
    """Some tasks up and as many down; and with no difference at all there is no z score."""
    first = calibration({"a": (1.0, 0.0), "b": (0.0, 0.0), "c": (1.0, 1.0)}, passed=3, failed=3)
    second = calibration({"a": (1.0, 0.0), "b": (1.0, 0.0), "c": (1.0, 0.0)}, passed=3, failed=3)

    assert not in_flight_effect(first, second).is_sure
    assert in_flight_effect(first, first).pass_rate_z is None
    assert "no difference that chance does not explain" in in_flight_effect(first, first).words
