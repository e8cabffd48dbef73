"""Whether the candidate costs more per run than the policy allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.gate.block import Block
from benchmarks.gate.paired_runs import PairedRuns, runs_of
from harness.runs import RunResult

SHOWN = 5  # runs named in an objection


@dataclass(frozen=True, kw_only=True)
class CostLimits:
    """The largest ratio, candidate over control, of the mean cost of a run."""

    tokens: float = 2.0
    seconds: float = 2.0
    money: float = 2.0


@dataclass(frozen=True, kw_only=True)
class CostRatios:
    """Candidate over control, of the mean cost of a run; ``None`` where the control's is zero or unknown."""

    tokens: float | None
    seconds: float | None
    money: float | None

    @property
    def headline(self) -> float | None:
        """The one number for a table: money where it is known, else tokens, else seconds."""
        known = (ratio for ratio in (self.money, self.tokens, self.seconds) if ratio is not None)
        return next(known, None)


def cost_ratios(pairs: Sequence[PairedRuns]) -> CostRatios:
    """What a candidate run costs relative to a control run, over all consumed pairs."""
    return CostRatios(
        tokens=_ratio(_tokens, pairs), seconds=_ratio(_seconds, pairs), money=_ratio(_money, pairs)
    )


def cost_guard(limits: CostLimits, pairs: Sequence[PairedRuns]) -> Block | None:
    """Block a promotion that costs more than the policy allows; names the costliest candidate runs."""
    for name, limit, cost in (
        ("tokens", limits.tokens, _tokens),
        ("seconds", limits.seconds, _seconds),
        ("money", limits.money, _money),
    ):
        ratio = _ratio(cost, pairs)
        if ratio is not None and ratio > limit:
            costliest = sorted(runs_of(pairs, "candidate"), key=cost, reverse=True)[:SHOWN]
            return Block(
                guard="cost",
                reason=f"a run takes {ratio:.2f} times the control's {name}; the policy allows {limit:.2f}",
                runs=tuple(run.run_id for run in costliest),
            )
    return None


def _ratio(cost: Callable[[RunResult], float], pairs: Sequence[PairedRuns]) -> float | None:
    control = sum(cost(run) for run in runs_of(pairs, "control"))
    return sum(cost(run) for run in runs_of(pairs, "candidate")) / control if control > 0 else None


def _tokens(run: RunResult) -> float:
    return float(run.usage.input_tokens + run.usage.output_tokens)


def _seconds(run: RunResult) -> float:
    return run.seconds


def _money(run: RunResult) -> float:
    return run.usage.cost_usd
