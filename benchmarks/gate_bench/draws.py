"""Differences between candidate and control whose truth is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TASKS = 81
REPEATS = 5


def trinomial(
    generator: np.random.Generator, shape: tuple[int, int], *, effect: float | Floats, discordance: float
) -> Floats:
    """+1, -1 or 0 with this mean and mean square (never below the mean's size); ``effect`` may differ by row."""
    mean = np.asarray(effect, dtype=np.float64)
    if mean.ndim == 1:
        mean = mean[:, None]
    square = np.maximum(discordance, np.abs(mean))
    drawn = generator.random(shape)
    return np.asarray(
        (drawn < (square + mean) / 2.0).astype(np.float64)
        - (drawn > 1.0 - (square - mean) / 2.0).astype(np.float64)
    )


def concentration(discordance: float) -> float:
    """Both parameters of a beta distribution of tasks' pass rates so that two runs of a task differ so often."""
    return discordance / (1.0 - 2.0 * discordance)


def pass_rates(generator: np.random.Generator, shape: tuple[int, ...], discordance: float) -> Floats:
    """Tasks' pass rates, half of all on average, at which two runs of one task differ so often."""
    spread = concentration(discordance)
    return np.asarray(generator.beta(spread, spread, size=shape))


def passes(generator: np.random.Generator, rates: Floats, shape: tuple[int, ...]) -> Floats:
    """1 for a run that passes, at these rates."""
    return np.asarray((generator.random(shape) < rates).astype(np.float64))


def suite_order(generator: np.random.Generator, differences: Floats) -> Floats:
    """Differences by (experiment, repeat, task) as bets: each repeat a fresh random order of all tasks."""
    order = np.argsort(generator.random(differences.shape, dtype=np.float32), axis=2)
    return np.asarray(np.take_along_axis(differences, order, axis=2).reshape(len(differences), -1))
