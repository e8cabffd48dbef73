"""Observations as arrays: strata, and the stretches in which a mechanism is seen."""

from __future__ import annotations

import random

import numpy as np

from analyzers.patterns.panel import panel_of
from analyzers.testing import observed


def test_the_order_of_observations_does_not_matter() -> None:
    """They are ordered by run id."""
    seen = [observed(number, task=f"t{number % 3}", shows={"a": (number % 5,)}) for number in range(20)]
    shuffled = random.Random(1).sample(seen, k=len(seen))
    first, second = panel_of(seen), panel_of(shuffled)

    assert first.observations == second.observations
    assert np.array_equal(first.strata["task"], second.strata["task"])
    assert np.array_equal(first.showing["a"].first, second.showing["a"].first)


def test_what_has_no_task_is_in_no_stratum_of_tasks() -> None:
    """A nameless suite is one, since its runs came together."""
    panel = panel_of([observed(1, task=""), observed(2, task="t")])

    assert list(panel.strata["task"]) == [-1, 1]
    assert list(panel.strata["suite"]) == [0, 0]


def test_stretches_hold_as_many_steps_as_are_needed() -> None:
    """Those within which no shorter one lies; shorter rows are padded with empty ones."""
    panel = panel_of(
        [
            observed(1, steps=30, shows={"a": (2, 4, 9, 20)}, needed=2),
            observed(2, steps=30, shows={"a": (5, 6)}, needed=2),
        ]
    )
    showing = panel.showing["a"]

    assert showing.first.tolist() == [[2, 4, 9], [5, 1, 1]]
    assert showing.last.tolist() == [[4, 9, 20], [6, 0, 0]]
    assert showing.reach.tolist() == [30, 30]


def test_behind_the_last_step_that_a_detector_may_cite_nothing_is_known() -> None:
    """It cites eight at most."""
    panel = panel_of([observed(1, steps=100, shows={"a": tuple(range(10, 18))})])

    assert panel.showing["a"].reach.tolist() == [18]


def test_what_cites_the_last_step_is_an_ending() -> None:
    """If nearly all runs show it there; one that does by chance makes none."""
    ending = [observed(number, steps=20, shows={"end": (3, 19)}) for number in range(10)]
    event = [
        observed(100 + number, steps=20, shows={"event": (19 if number == 0 else 3,)}) for number in range(10)
    ]
    panel = panel_of([*ending, *event])

    assert panel.showing["end"].is_ending
    assert not panel.showing["event"].is_ending
    assert panel.showing["end"].first.size == 0
