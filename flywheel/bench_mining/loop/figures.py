"""What the seeds of the whole loop together come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

from flywheel.bench_mining.loop.measuring import MOST_RUNS, LoopSeed
from flywheel.bench_mining.loop.ratio import ratio_of_gains


def loop_figures(seeds: Sequence[LoopSeed]) -> dict[str, Any]:
    """``share_of_possible_gain`` is over the hand-made harness that gains the most over all seeds together.

    It is chosen on the very runs that it is measured on, which makes the share rather too small than too large.
    """
    best = best_hand_made(seeds)
    ratio = ratio_of_gains([seed.gain for seed in seeds], [seed.hand_made[best] for seed in seeds])
    interval = ratio.interval if ratio else None
    return {
        "share_of_possible_gain": round(ratio.value, 4) if ratio else None,
        "loop_runs_most": max(seed.runs for seed in seeds),
        "loop": {
            "interval": [round(end, 4) for end in interval] if interval else None,
            "best_hand_made": best,
            "runs_allowed": MOST_RUNS,
            "seeds": [asdict(seed) for seed in seeds],
        },
    }


def best_hand_made(seeds: Sequence[LoopSeed]) -> str:
    """The name of the hand-made harness with the highest mean gain. Raises ``ValueError`` without any seed."""
    if not seeds:
        raise ValueError("there is no seed to choose from")
    return max(sorted(seeds[0].hand_made), key=lambda name: mean(seed.hand_made[name] for seed in seeds))
