"""An experiment fixed before its first run: which pairs, in which order, with which bets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from benchmarks.errors import PlanError
from benchmarks.gate.evidence import Evidence
from benchmarks.gate.paired_runs import Arm
from benchmarks.gate.power import Prospects, prospects, smallest_detectable_effect
from benchmarks.gate.verdict import Claim
from benchmarks.pair_order import PlannedPair, ordered_pairs
from benchmarks.task import Split, Task
from harness.runs import Checkout

DISCORDANCE = 1.2  # planned mean square over planned effect: arms that share a seed seldom differ otherwise
_LOCAL = {"control": {"path"}, "candidate": {"path"}}  # where a checkout lies is no part of a plan


@dataclass(frozen=True, kw_only=True)
class ExperimentPlan:
    """Everything that is fixed before the first run.

    ``effect`` is the planned mean difference of a bet and ``discordance`` its planned mean square;
    ``threshold`` is the wealth a promotion needs. ``detectable`` is the smallest true effect that this plan
    promotes with a chance of 80 %, ``expected`` what happens if the plan's own assumptions are true.
    ``a_a`` marks a noise check: one harness in both arms, with different seeds.
    """

    id: str = ""
    suite: str
    split: Split
    claim: Claim
    control: Checkout
    candidate: Checkout
    pairs: tuple[PlannedPair, ...]
    effect: float
    discordance: float
    threshold: float
    in_flight: int
    detectable: float
    expected: Prospects
    a_a: bool = False

    @property
    def bets(self) -> int:
        """The budget: how many bets there are."""
        return 1 + max(pair.bet for pair in self.pairs)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that this experiment may look at, sorted."""
        return tuple(sorted({pair.group for pair in self.pairs}))

    @property
    def start(self) -> Evidence:
        """The evidence before the first bet."""
        return Evidence.start(effect=self.effect, discordance=self.discordance, threshold=self.threshold)

    def checkout(self, arm: Arm) -> Checkout:
        """The harness of one arm."""
        return self.control if arm == "control" else self.candidate

    def run_key(self, pair: PlannedPair, arm: Arm) -> str:
        """The stable key of one run: resuming asks for the same ones."""
        return f"{self.id}/{pair.position}/{arm}"

    def fresh_key(self, task: str, number: int, arm: Arm) -> str:
        """The stable key of one of the fresh runs that the regression veto may ask for."""
        return f"{self.id}/fresh/{task}/{number}/{arm}"

    def run_keys(self) -> Iterator[str]:
        """Every planned run's key, in the planned order."""
        for pair in self.pairs:
            for arm in pair.arms:
                yield self.run_key(pair, arm)

    def to_record(self) -> dict[str, Any]:
        """JSON for the ledger: task ids instead of tasks, commits and trees instead of local paths."""
        return dict(TypeAdapter(ExperimentPlan).dump_python(self, mode="json", exclude=_LOCAL))

    @classmethod
    def from_record(
        cls, record: Mapping[str, Any], *, control: Checkout, candidate: Checkout
    ) -> ExperimentPlan:
        """The plan that ``to_record`` wrote, on these checkouts; raises ``PlanError`` if they are others."""
        fields = dict(record)
        for arm, checkout in (("control", control), ("candidate", candidate)):
            if fields[arm]["tree"] != checkout.tree:
                raise PlanError(
                    f"the plan's {arm} is tree {fields[arm]['tree']}, not {checkout.tree}: plan again"
                )
            fields[arm] = checkout
        return TypeAdapter(ExperimentPlan).validate_python(fields)


def plan_experiment(
    *,
    control: Checkout,
    candidate: Checkout,
    tasks: Sequence[Task],
    suite: str,
    seed: int,
    threshold: float,
    split: Split = Split.GATE,
    claim: Claim = "groups",
    effect: float = 0.2,
    discordance: float | None = None,
    repeats: int = 1,
    max_bets: int | None = None,
    in_flight: int = 2,
    a_a: bool = False,
    largest_possible_effect: float = 1.0,
) -> ExperimentPlan:
    """Fix an experiment. The same arguments give the same plan and id on every machine.

    ``repeats`` is the number of pairs of each group (claim ``groups``) or of each task (claim ``suite``),
    and ``max_bets`` cuts the order. ``discordance`` is 1.2 times the effect unless it is known better. The order depends on the two trees as well as on the seed, so that two
    candidates share no run. Raises ``PlanError`` where no possible effect could be promoted.
    """
    discordance = min(1.0, DISCORDANCE * effect) if discordance is None else discordance
    _check_arguments(control, candidate, effect=effect, discordance=discordance, repeats=repeats, a_a=a_a)
    drawn = ordered_pairs(
        tasks,
        source=f"{seed}/{control.tree}/{candidate.tree}",
        claim=claim,
        repeats=repeats,
        same_seeds=not a_a,
    )
    pairs = tuple(pair for pair in drawn if max_bets is None or pair.bet < max_bets)
    if not pairs:
        raise PlanError(
            f"suite {suite} has no tasks for the {split} split: add tasks or choose another suite"
        )
    bets = 1 + pairs[-1].bet
    start = Evidence.start(effect=effect, discordance=discordance, threshold=threshold)
    plan = ExperimentPlan(
        suite=suite,
        split=split,
        claim=claim,
        control=control,
        candidate=candidate,
        pairs=pairs,
        effect=effect,
        discordance=discordance,
        threshold=threshold,
        in_flight=in_flight,
        detectable=_detectable(start, discordance=discordance, bets=bets, largest=largest_possible_effect),
        expected=prospects(start, effect=effect, discordance=discordance, bets=bets),
        a_a=a_a,
    )
    return replace(plan, id=_plan_id(plan))


def _check_arguments(
    control: Checkout, candidate: Checkout, *, effect: float, discordance: float, repeats: int, a_a: bool
) -> None:
    if (control.tree == candidate.tree) is not a_a:
        raise PlanError(
            "a noise check needs one harness in both arms"
            if a_a
            else "control and candidate are the same tree: nothing to measure (a noise check is a_a=True)"
        )
    if not (0.0 < effect < 1.0 and effect <= discordance <= 1.0):
        raise PlanError(
            f"the planned effect {effect} must be between 0 and 1 and at most the planned discordance "
            f"{discordance}, which is at most 1"
        )
    if repeats < 1:
        raise PlanError(f"an experiment needs at least 1 pair a group, not {repeats}")


def _detectable(start: Evidence, *, discordance: float, bets: int, largest: float) -> float:
    """The smallest detectable effect; raises ``PlanError`` where none that is possible can be promoted."""
    detectable = smallest_detectable_effect(start, discordance=discordance, bets=bets)
    if detectable is None:
        raise PlanError(
            f"{bets} groups cannot decide: even a candidate that wins all of them does not reach the wealth of "
            f"{start.threshold:.4g} that a promotion needs; add groups, or declare fewer candidates"
        )
    if largest < detectable:
        raise PlanError(
            f"{bets} groups detect {100 * detectable:.1f} points, but this change can gain at most "
            f"{100 * largest:.1f}: add groups or choose a change with more to gain"
        )
    return detectable


def _plan_id(plan: ExperimentPlan) -> str:
    """Sixteen hexadecimal digits of all that a result could depend on; commits are dated, trees are not."""
    record = plan.to_record()
    for derived in ("id", "in_flight", "detectable", "expected"):
        del record[derived]
    for arm in ("control", "candidate"):
        record[arm] = record[arm]["tree"]
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]
