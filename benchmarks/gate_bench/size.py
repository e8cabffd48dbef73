"""How much is simulated, and with which random numbers."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

SEED = 4  # of everything: the same code gives the same figures


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many of each are simulated.

    ``campaigns`` per scenario, ``experiments`` per point of a grid, ``guarded`` whose pairs are made as the guards
    see them (milliseconds each), ``epochs`` of ten safe steps, ``whole`` that go through ``run_experiment``.
    """

    campaigns: int = 10_000
    budgets: int = 600
    experiments: int = 20_000
    rival_experiments: int = 4000
    guarded: int = 3000
    epochs: int = 100
    whole: int = 60
    streams: int = 400


FULL = Size()
QUICK = Size(
    campaigns=60,
    budgets=8,
    experiments=200,
    rival_experiments=300,
    guarded=20,
    epochs=2,
    whole=2,
    streams=6,
)


def generator_for(*names: str) -> np.random.Generator:
    """Random numbers that belong to a name, so that one measure does not move when another is added."""
    return np.random.default_rng([SEED, *(zlib.crc32(name.encode()) for name in names)])
