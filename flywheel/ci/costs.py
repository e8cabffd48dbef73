"""What the runs of each arm cost, as far as they are stored here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.gate.verdict import Verdict
from harness.runs import RunResult


@dataclass(frozen=True, kw_only=True)
class ArmCost:
    """Totals of an arm's runs that are stored here; seconds by their own clock, money in US dollars (0: unknown)."""

    runs: int
    tokens: int
    seconds: float
    money: float

    @property
    def words(self) -> str:
        """For a reader."""
        money = f", {self.money:.2f} $" if self.money else ""
        return f"{self.runs} runs, {self.tokens:,} tokens, {self.seconds:,.1f} s{money}"


def arm_costs(verdict: Verdict, runs: Mapping[str, RunResult]) -> tuple[ArmCost, ArmCost]:
    """Of control and candidate."""
    control = (runs[pair.control_run] for pair in verdict.pairs if pair.control_run in runs)
    candidate = (runs[pair.candidate_run] for pair in verdict.pairs if pair.candidate_run in runs)
    return _total(control), _total(candidate)


def _total(found: Iterable[RunResult]) -> ArmCost:
    runs = list(found)
    return ArmCost(
        runs=len(runs),
        tokens=sum(run.usage.input_tokens + run.usage.output_tokens for run in runs),
        seconds=sum(run.seconds for run in runs),
        money=sum(run.usage.cost_usd for run in runs),
    )
