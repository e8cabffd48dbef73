"""Whole campaigns: the shipped budget folds the verdicts that the shipped evidence reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from benchmarks.gate.campaign import Campaign, Judgement
from benchmarks.gate.e_lond import LongRun
from benchmarks.gate.evidence import Stop
from benchmarks.gate.replay import STOPS, Endings, replay
from benchmarks.gate.verdict import Decision
from benchmarks.gate_bench.draws import Bools, Floats
from benchmarks.gate_bench.planned import Planned

Budget = Campaign | LongRun
REACHED = STOPS.index(Stop.REACHED)
_DECISIONS = {Stop.REACHED: Decision.PROMOTE, Stop.WORSE: Decision.REJECT}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One candidate of each campaign: its differences in the planned order, and whether it truly helps."""

    differences: Floats
    helps: Bools


class Scenario(Protocol):
    """Candidates of known worth, and how they depend on each other.

    ``fresh_pairs`` is what the gate would be told: false where candidates share runs.
    """

    @property
    def name(self) -> str:
        """How the document calls it."""

    @property
    def planned(self) -> Planned:
        """What each candidate's experiment is planned for."""

    @property
    def fresh_pairs(self) -> bool:
        """Whether no candidate shares a run with another."""

    def common(self, campaigns: int, generator: np.random.Generator) -> Floats:
        """What all candidates of a campaign have in common."""

    def draw(self, common: Floats, past: Sequence[Endings], generator: np.random.Generator) -> Drawn:
        """The next candidate of each campaign; ``past`` tells how the earlier ones ended."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """How the candidates (columns) of campaigns (rows) ended."""

    promoted: Bools
    helps: Bools
    bets: Floats

    @property
    def erred(self) -> Bools:
        """Campaigns in which any candidate was promoted that does not help, by the number of candidates so far."""
        return np.asarray(np.logical_or.accumulate(self.promoted & ~self.helps, axis=1))


def simulate(
    scenario: Scenario,
    *,
    campaigns: int,
    candidates: int,
    generator: np.random.Generator,
    opened: Callable[[int], Budget] = lambda candidates: Campaign(candidates=candidates),
) -> Course:
    """Judge the candidates of every campaign one after another, with the shares that earlier endings leave."""
    start = scenario.planned.start()
    common = scenario.common(campaigns, generator)
    budgets: list[Budget] = [opened(candidates)] * campaigns
    past: list[Endings] = []
    helps = []
    for number in range(candidates):
        budgets = [budget.charge(str(number)) for budget in budgets]
        drawn = scenario.draw(common, past, generator)
        thresholds = np.array([budget.charges[-1].threshold for budget in budgets])
        endings = replay(start, drawn.differences, thresholds=thresholds)
        budgets = _settled(budgets, endings, str(number), fresh_pairs=scenario.fresh_pairs)
        past.append(endings)
        helps.append(drawn.helps)
    return Course(
        promoted=np.stack([endings.stop == REACHED for endings in past], axis=1),
        helps=np.stack(helps, axis=1),
        bets=np.stack([endings.bets.astype(np.float64) for endings in past], axis=1),
    )


def _settled(budgets: Sequence[Budget], endings: Endings, name: str, *, fresh_pairs: bool) -> list[Budget]:
    settled: list[Budget] = []
    for budget, stop, wealth in zip(budgets, endings.stop.tolist(), endings.wealth.tolist(), strict=True):
        judgement = Judgement(
            candidate=name,
            decision=_DECISIONS.get(STOPS[stop], Decision.INCONCLUSIVE),
            futile=STOPS[stop] is Stop.FUTILE,
            wealth=wealth,
            fresh_pairs=fresh_pairs,
        )
        settled.append(budget.settle(judgement))
    return settled
