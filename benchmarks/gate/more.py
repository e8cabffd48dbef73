"""What it would take to decide what stayed inconclusive."""

from __future__ import annotations

import math

from benchmarks.gate.evidence import Stop
from benchmarks.gate.findings import Findings


def more_needed(findings: Findings) -> str:
    """One sentence: more groups if the trend would carry there, else another plan."""
    unit = "groups" if findings.claim == "groups" else "pairs"
    if findings.block is not None:
        return "continue the experiment once the control holds still: the evidence so far is kept"
    if findings.stop is Stop.REACHED:
        return f"an experiment with enough {unit} to decide: plan it first"
    if findings.stop is Stop.FUTILE:
        upper = 100 * findings.interval[1]
        return (
            f"the gain is at most {upper:.1f} points with what was seen: a change with a larger effect, or a "
            f"new campaign planned for a smaller one"
        )
    bets = bets_to_threshold(findings)
    if bets is None:
        return f"more {unit} alone are not expected to decide: at the present rate the evidence does not grow"
    return f"about {bets} more {unit} at the present rate"


def bets_to_threshold(findings: Findings) -> int | None:
    """Bets still needed if the differences go on as they were; ``None`` where the evidence does not grow."""
    process, count = findings.evidence.better, len(findings.points)
    totals = [
        sum(seen * process.growth(difference)[index] for difference, seen in process.seen)
        for index in range(len(process.bets.stakes))
    ]
    rate = max(totals) / count if count else 0.0
    wealth = findings.evidence.wealth
    if rate <= 0.0 or wealth <= 0.0:
        return None
    return max(1, math.ceil((math.log(findings.evidence.threshold) - math.log(wealth)) / rate))
