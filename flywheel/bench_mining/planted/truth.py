"""The truth that patterns are held against: which weaknesses are planted with a seed, and which of them a run has.

Nothing else outside of the simulated model reads these.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from harness.simulated import create_simulated
from harness.simulated.draws import Draws
from harness.simulated.profile import Profile

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

WEAKNESSES = tuple(each.name for each in fields(Profile))
MOST_SEEDS = 1 << 12
_FEWEST, _MOST = 2, 4  # weaknesses at once
_WEAKEST, _STRONGEST = 0.1, 0.6
_RUN_BITS = 40  # of a run's own seed; above them which weaknesses are off, above these the bench's seed


def planted(seed: int) -> Mapping[str, float]:
    """The strengths of the two to four weaknesses that are planted with a seed, each within .1 to .6."""
    draw = random.Random(f"planted weaknesses {seed}")
    names = draw.sample(WEAKNESSES, draw.randint(_FEWEST, _MOST))
    return {name: round(draw.uniform(_WEAKEST, _STRONGEST), 2) for name in sorted(names)}


def shown(seed: int, run_seed: int) -> frozenset[str]:
    """The weaknesses that a run of this seed has.

    A weakness is drawn by the run's seed and its own name, whatever the run is told and whatever else is planted
    (``Draws``), so that a run which does not have it is the very same run with it off.
    """
    draws = Draws(seed=run_seed)
    return frozenset(name for name, strength in planted(seed).items() if draws.chance(strength, name))


def coded(seed: int, run_seed: int, off: Iterable[str] = ()) -> int:
    """One number for ``model_of``: the bench's seed, the weaknesses that are off, and the run's own seed.

    Raises ``ValueError`` for seeds that do not fit.
    """
    if not 0 <= seed < MOST_SEEDS or not 0 <= run_seed < 1 << _RUN_BITS:
        raise ValueError(f"the seed must be within 0..{MOST_SEEDS - 1}, not {seed}")
    switched = sum(1 << WEAKNESSES.index(name) for name in set(off))
    return (((seed << len(WEAKNESSES)) | switched) << _RUN_BITS) | run_seed


def model_of(name: str, code: int) -> BaseChatModel:
    """The simulated model of a ``coded`` seed: what is planted with it, less what is off. A ``ModelFactory``."""
    run_seed, head = code & ((1 << _RUN_BITS) - 1), code >> _RUN_BITS
    seed, switched = head >> len(WEAKNESSES), head & ((1 << len(WEAKNESSES)) - 1)
    on = {
        weakness: strength
        for weakness, strength in planted(seed).items()
        if not switched >> WEAKNESSES.index(weakness) & 1
    }
    return create_simulated(name, seed=run_seed, profile=Profile(**on))


def profile_of(strengths: Mapping[str, float]) -> object:
    """A profile for ``LocalExecutor`` with these strengths."""
    return Profile(**strengths)
