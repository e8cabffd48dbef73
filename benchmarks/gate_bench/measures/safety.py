"""How often "safe" is said of what is not, and what ten safe steps may cost together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.errors import PlanError
from benchmarks.gate.anchor import allowed_margin, margin_used
from benchmarks.gate.cost_guard import cost_ratios
from benchmarks.gate.coverage import coverage
from benchmarks.gate.decide import decide
from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.findings import Findings
from benchmarks.gate.interval import RunningInterval
from benchmarks.gate.replay import STOPS, replay
from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.gate_bench.bounds import upper95
from benchmarks.gate_bench.draws import Floats, trinomial
from benchmarks.gate_bench.planned import Planned
from benchmarks.gate_bench.size import Size, generator_for

MARGINS = ((0.05, 0.1), (0.1, 0.2), (0.1, 0.1))  # with the discordance: the last one loses and never wins
BETS = 500
STEPS = 10
STEP, EPOCH = 0.1, 0.2  # the policy's margins
LOSS = 0.05  # of each step, in truth


def safety(size: Size) -> dict[str, Any]:
    """False "safe" at the margin, and true safety found, by margin; then the fall of ten steps, with and without the anchor."""
    return {
        "rows": [_margin(margin, discordance, size) for margin, discordance in MARGINS],
        "steps": STEPS,
        "loss_of_a_step": LOSS,
        "epoch_margin": EPOCH,
        "anchored": _falls(size, is_anchored=True),
        "moving_baseline": _falls(size, is_anchored=False),
    }


def _margin(margin: float, discordance: float, size: Size) -> dict[str, float]:
    planned = Planned(effect=0.0, discordance=discordance, bets=BETS, candidates=1, margin=margin)
    start = planned.start()
    found = {}
    for name, effect in (("false_safe", -margin), ("safe", 0.0)):
        generator = generator_for("safety", name, f"{margin}/{discordance}")
        drawn = trinomial(generator, (size.experiments // 2, BETS), effect=effect, discordance=discordance)
        found[name] = replay(start, drawn).share(Stop.REACHED)
    false = round(found["false_safe"] * (size.experiments // 2))
    return {
        "margin": margin,
        "discordance": discordance,
        "false_safe": found["false_safe"],
        "false_safe_upper95": upper95(false, size.experiments // 2),
        "safe_found": found["safe"],
    }


def _falls(size: Size, *, is_anchored: bool) -> dict[str, float]:
    """How far all accepted steps of an epoch truly fall, by epoch."""
    generator = generator_for("steps", str(is_anchored))
    falls = np.array([_epoch(generator, is_anchored=is_anchored) for _ in range(size.epochs)])
    return {
        "mean_fall": float(falls.mean()),
        "worst_fall": float(falls.max()),
        "beyond_margin": float((falls > EPOCH + 1e-9).mean()),
    }


def _epoch(generator: np.random.Generator, *, is_anchored: bool) -> float:
    used: list[float] = []
    accepted = 0
    for _ in range(STEPS):
        try:
            margin = allowed_margin(STEP, epoch=EPOCH, used=used if is_anchored else ())
        except PlanError:
            break
        drawn = trinomial(generator, (1, BETS), effect=-LOSS, discordance=2 * LOSS)[0]
        verdict = _verdict(margin, drawn)
        used.append(margin_used(verdict))
        accepted += verdict.decision is Decision.PROMOTE
    return accepted * LOSS


def _verdict(margin: float, differences: Floats) -> Verdict:
    """The shipped evidence, interval and decision on one experiment.

    Until it has reached the threshold the lower end is not above the margin and nothing depends on it, so that the
    interval is computed at the last bet only.
    """
    evidence = Evidence.start(effect=0.0, discordance=2 * LOSS, threshold=20.0, margin=margin)
    endings = replay(evidence, differences[None, :])
    *earlier, last = differences[: int(endings.bets[0])].tolist()
    for difference in earlier:
        evidence = evidence.after(difference)
    opened = RunningInterval.start(evidence.better.bets, evidence.threshold, null=evidence.better.null)
    falling = replace(opened.falling, seen=evidence.better.seen)
    interval = replace(opened, rising=evidence.better, falling=falling).after(last)
    return decide(
        Findings(
            claim="suite",
            planned_bets=len(differences),
            planned_effect=0.0,
            stop=STOPS[int(endings.stop[0])],
            evidence=evidence.after(last),
            interval=(interval.lower, interval.upper),
            points=(),
            pairs=(),
            activation="not_applicable",
            costs=cost_ratios(()),
            coverage=coverage(()),
            question="safe",
            margin=margin,
        )
    )
