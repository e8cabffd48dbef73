"""What a candidate gains by breaking the infrastructure when it would fail, and what honest breakage costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.gate.coverage import coverage_guard
from benchmarks.gate.verdict import PairResult
from benchmarks.gate_bench.pairs_of import pair_of
from benchmarks.gate_bench.planned import ALONE
from benchmarks.gate_bench.rivals.rival import promoted
from benchmarks.gate_bench.size import Size, generator_for
from traces.outcome import Outcome

ATTEMPTS = 3  # a run and at most two retries
PASS_RATE = 0.5
SHARES = (0.1, 0.5, 1.0)
HONEST = 0.03  # of all runs break once, in either arm


def breakage(size: Size) -> dict[str, Any]:
    """By share of failures broken: promotions with and without the guard, and the mean gain as the gate scores it."""
    rows = [{"breaks": share, **_adversary(share, size)} for share in SHARES]
    return {"adversaries": rows, "honest_blocked": _honest(size)}


def _adversary(share: float, size: Size) -> dict[str, float]:
    generator = generator_for("breakage", str(share))
    experiments = [_broken_pairs(share, generator) for _ in range(size.guarded // 3 + 1)]
    drawn = np.array([[pair.difference for pair in pairs] for pairs in experiments])
    naive = promoted(ALONE, drawn)
    guarded = [
        bool(won) and coverage_guard(pairs) is None for won, pairs in zip(naive, experiments, strict=True)
    ]
    return {
        "promoted": float(np.mean(guarded)),
        "promoted_without_guard": float(naive.mean()),
        "gain": float(drawn.mean()),
    }


def _broken_pairs(share: float, generator: np.random.Generator) -> tuple[PairResult, ...]:
    """Equal arms, but a run that the candidate would fail breaks for a cause outside it, and is tried again."""
    return tuple(
        _tried(pair_of(at, at % 67, bool(generator.random() < PASS_RATE), False), share, generator)
        for at in range(ALONE.bets)
    )


def _tried(pair: PairResult, share: float, generator: np.random.Generator) -> PairResult:
    for attempt in range(1, ATTEMPTS + 1):
        if generator.random() < PASS_RATE:
            return replace(
                pair, candidate_score=1.0, candidate_outcome=Outcome.PASSED, candidate_attempt=attempt
            )
        if generator.random() >= share:
            return replace(pair, candidate_attempt=attempt)
    return replace(pair, candidate_score=None, candidate_outcome=Outcome.ERRORED, candidate_attempt=ATTEMPTS)


def _honest(size: Size) -> float:
    """The share of experiments blocked whose arms break alike."""
    generator = generator_for("breakage", "honest")
    blocked = 0
    for _ in range(size.guarded):
        control, candidate = (generator.random((2, ALONE.bets)) < HONEST).astype(np.int64) + 1
        pairs = [
            replace(pair_of(at, at, True, True), control_attempt=int(one), candidate_attempt=int(other))
            for at, (one, other) in enumerate(zip(control, candidate, strict=True))
        ]
        blocked += coverage_guard(pairs) is not None
    return blocked / size.guarded
