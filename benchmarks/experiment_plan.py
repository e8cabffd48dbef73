"""An experiment fixed before its first run: which pairs, in which order, with which bets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from benchmarks.errors import GainTooSmallError, PlanError
from benchmarks.gate.carried import Carried
from benchmarks.gate.curtailment import curtailment
from benchmarks.gate.evidence import Evidence
from benchmarks.gate.paired_runs import Arm
from benchmarks.gate.power import (
    MAX_BETS,
    RESOLUTION,
    Prospects,
    bets_needed,
    prospects,
    smallest_detectable_effect,
)
from benchmarks.gate.verdict import Claim, Question, Verdict
from benchmarks.pair_order import PlannedPair, ordered_pairs, renumbered
from benchmarks.task import Split, Task
from harness.runs import Checkout

DISCORDANCE = 1.2  # planned mean square over planned effect: arms that share a seed seldom differ otherwise
_LOCAL = {"control": {"path"}, "candidate": {"path"}}  # where a checkout lies is no part of a plan


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an experiment stands in a window: its pair ``p`` is position ``begins + p`` of the window's order."""

    window: str
    begins: int


@dataclass(frozen=True, kw_only=True)
class ExperimentPlan:
    """Everything that is fixed before the first run.

    ``effect`` is the planned mean difference of a bet and ``discordance`` its planned mean square;
    ``threshold`` is the wealth a promotion needs. ``detectable`` is the smallest true effect that this plan
    promotes with a chance of 80 %, ``expected`` what happens if the plan's own assumptions are true.
    ``a_a`` marks a noise check: one harness in both arms, with different seeds.

    ``question`` "safe" asks whether the candidate is worse by less than ``margin``. ``curtailment`` is the chance
    of deciding, if the planned effect is there, below which the rest of the budget is given up; 0 never does.
    ``forced`` runs what cannot decide, and promotes nothing. ``carried`` is what earlier parts have seen. ``place`` is set
    where the control's runs belong to a window and serve other candidates too (``window_plan``).
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
    question: Question = "better"
    margin: float = 0.0
    curtailment: float = 0.0
    forced: bool = False
    carried: Carried = field(default_factory=Carried)
    place: Place | None = None

    @property
    def bets(self) -> int:
        """The budget: how many bets there are, those of earlier parts among them."""
        return len(self.carried.points) + 1 + max(pair.bet for pair in self.pairs)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that this experiment may look at, sorted."""
        return tuple(sorted({pair.group for pair in self.pairs}))

    @property
    def start(self) -> Evidence:
        """The evidence before the first bet of this part."""
        margin = self.margin if self.question == "safe" else None
        start = Evidence.start(
            effect=self.effect, discordance=self.discordance, threshold=self.threshold, margin=margin
        )
        if self.curtailment > 0.0:
            start = start.within(
                self.bets, effect=self.effect, discordance=self.discordance, chance=self.curtailment
            )
        return self.carried.onto(start)

    def checkout(self, arm: Arm) -> Checkout:
        """The harness of one arm."""
        return self.control if arm == "control" else self.candidate

    def run_key(self, pair: PlannedPair, arm: Arm) -> str:
        """The stable key of one run: resuming asks for the same ones."""
        if self.place is not None and arm == "control":
            return f"{self.place.window}/{self.place.begins + pair.position}/control"
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


@dataclass(frozen=True, kw_only=True)
class Design:
    """How an experiment is made, whatever its arms and its order.

    ``threshold`` is the wealth that a promotion needs. ``repeats`` is the number of pairs of each group (claim
    ``groups``) or of each task (claim ``suite``), and ``max_bets`` cuts the order. ``discordance`` is 1.2 times the
    effect unless it is known better. With ``question`` "safe" the bets are planned for a candidate that changes
    nothing, and ``effect`` only stands for the discordance. ``force`` also plans what cannot decide.
    """

    suite: str
    seed: int
    threshold: float
    split: Split = Split.GATE
    claim: Claim = "groups"
    effect: float = 0.2
    discordance: float | None = None
    repeats: int = 1
    max_bets: int | None = None
    in_flight: int = 2
    a_a: bool = False
    largest_possible_effect: float = 1.0
    question: Question = "better"
    margin: float = 0.0
    force: bool = False

    def __post_init__(self) -> None:
        if not (0.0 < self.effect < 1.0 and self.effect <= self.square <= 1.0):
            raise PlanError(
                f"the planned effect {self.effect} must be between 0 and 1 and at most the planned discordance "
                f"{self.square}, which is at most 1"
            )
        if self.repeats < 1:
            raise PlanError(f"an experiment needs at least 1 pair a group, not {self.repeats}")
        if self.question == "safe" and not 0.0 < self.margin < 1.0:
            raise PlanError(f"what is safe needs a margin between 0 and 1, not {self.margin}")

    @property
    def square(self) -> float:
        """The planned mean square of a bet."""
        return min(1.0, DISCORDANCE * self.effect) if self.discordance is None else self.discordance


def plan_experiment(
    design: Design, *, control: Checkout, candidate: Checkout, tasks: Sequence[Task]
) -> ExperimentPlan:
    """Fix an experiment. The same arguments give the same plan and id on every machine.

    The order depends on the two trees as well as on the seed, so that two candidates share no run.

    Raises ``PlanError`` where no possible effect could be promoted (``GainTooSmallError`` where a larger one could);
    with ``force`` it is planned all the same, and ends inconclusive or vetoed.
    """
    drawn = ordered_pairs(
        tasks,
        source=f"{design.seed}/{control.tree}/{candidate.tree}",
        claim=design.claim,
        repeats=design.repeats,
        same_seeds=not design.a_a,
    )
    return plan_pairs(design, control=control, candidate=candidate, pairs=drawn)


def plan_pairs(
    design: Design,
    *,
    control: Checkout,
    candidate: Checkout,
    pairs: Sequence[PlannedPair],
    place: Place | None = None,
) -> ExperimentPlan:
    """Fix an experiment on an order that is drawn already; raises as ``plan_experiment`` does."""
    _check_arms(control, candidate, a_a=design.a_a)
    taken = tuple(pair for pair in pairs if design.max_bets is None or pair.bet < design.max_bets)
    if not taken:
        raise PlanError(
            f"suite {design.suite} has no tasks for the {design.split} split: add tasks or choose another suite"
        )
    plan = ExperimentPlan(
        suite=design.suite,
        split=design.split,
        claim=design.claim,
        control=control,
        candidate=candidate,
        pairs=taken,
        effect=design.effect if design.question == "better" else 0.0,
        discordance=design.square,
        threshold=design.threshold,
        in_flight=design.in_flight,
        detectable=1.0,
        expected=Prospects(reached=0.0, worse=0.0, futile=0.0, bets=0.0),
        a_a=design.a_a,
        question=design.question,
        margin=design.margin,
        place=place,
    )
    return _forecast(plan, largest=design.largest_possible_effect, force=design.force)


def continue_experiment(
    plan: ExperimentPlan, verdict: Verdict, *, tasks: Sequence[Task], repeats: int = 1, force: bool = False
) -> ExperimentPlan:
    """The next part of an inconclusive experiment: the same bets and threshold, and its wealth goes on.

    First come the planned pairs that were not taken, then ``repeats`` fresh random orders of all tasks (claim
    ``suite``) or the groups that had no bet yet (claim ``groups``: a second bet on a group would say nothing of
    new ones). It has a control of its own, also where it began in a window. Raises ``PlanError`` where the verdict is
    final, nothing is left to bet on, or the next part cannot decide (unless ``force``).
    """
    carried = Carried.of(verdict)
    made = len(carried.points) - len(plan.carried.points)
    left = [pair for pair in plan.pairs if pair.bet >= made]
    known = {pair.group for pair in plan.pairs} | {pair.group for pair in carried.pairs}
    fresh = tasks if plan.claim == "suite" else [task for task in tasks if task.group not in known]
    drawn = ordered_pairs(
        fresh,
        source=f"{plan.id}/continued",
        claim=plan.claim,
        repeats=repeats,
        same_seeds=not plan.a_a,
    )
    pairs = renumbered([*left, *drawn])
    if not pairs:
        raise PlanError(
            f"every group of suite {plan.suite} has had its bet: add groups, or ask with claim suite"
        )
    return _forecast(replace(plan, id="", pairs=pairs, carried=carried, place=None), largest=1.0, force=force)


def _forecast(plan: ExperimentPlan, *, largest: float, force: bool) -> ExperimentPlan:
    """The plan with what it can detect and is expected to come to, its curtailment and its id."""
    plan = _with_curtailment(plan)
    ahead = plan.bets - len(plan.carried.points)
    detectable = smallest_detectable_effect(plan.start, discordance=plan.discordance, bets=ahead)
    cannot = _cannot_decide(plan, detectable, largest, ahead)
    if cannot and not force:
        too_small = detectable is not None and largest < detectable
        raise GainTooSmallError(cannot) if too_small else PlanError(f"{cannot}; --force runs it all the same")
    expected = prospects(plan.start, effect=plan.effect, discordance=plan.discordance, bets=ahead)
    plan = replace(
        plan,
        detectable=1.0 if detectable is None else detectable,
        expected=expected,
        forced=bool(cannot),
    )
    return replace(plan, id=_plan_id(plan))


def _with_curtailment(plan: ExperimentPlan) -> ExperimentPlan:
    """Give up early as readily as leaves the planned effect its power."""
    ahead = plan.bets - len(plan.carried.points)
    chance = curtailment(
        lambda chance: replace(plan, curtailment=chance).start,
        effect=plan.effect,
        discordance=plan.discordance,
        ahead=ahead,
    )
    return replace(plan, curtailment=chance)


def _check_arms(control: Checkout, candidate: Checkout, *, a_a: bool) -> None:
    if (control.tree == candidate.tree) is not a_a:
        raise PlanError(
            "a noise check needs one harness in both arms"
            if a_a
            else "control and candidate are the same tree: nothing to measure (a noise check is a_a=True)"
        )


def _cannot_decide(plan: ExperimentPlan, detectable: float | None, largest: float, ahead: int) -> str:
    """Why no effect that is possible can be promoted with these bets; empty where one can."""
    unit = "groups" if plan.claim == "groups" else "pairs"
    if plan.question == "safe":
        if detectable is not None and detectable <= RESOLUTION:
            return ""
        needed = bets_needed(replace(plan.start, floors=None), effect=0.0, discordance=plan.discordance)
        return (
            f"{ahead} {unit} cannot show that a change costs less than {100 * plan.margin:.1f} points: that takes "
            f"{needed or f'more than {MAX_BETS}'}, or a wider margin (regression_margin in policy.toml)"
        )
    if detectable is None:
        return (
            f"{ahead} {unit} cannot decide: even a candidate that wins all of them does not reach the wealth of "
            f"{plan.threshold:.4g} that a promotion needs; add {unit}, or declare fewer candidates"
        )
    if largest < detectable:
        return (
            f"{ahead} {unit} detect {100 * detectable:.1f} points, but this change can gain at most "
            f"{100 * largest:.1f}: add {unit} or choose a change with more to gain"
        )
    return ""


def _plan_id(plan: ExperimentPlan) -> str:
    """Sixteen hexadecimal digits of all that a result could depend on; commits are dated, trees are not."""
    record = plan.to_record()
    for derived in ("id", "in_flight", "detectable", "expected", "forced"):
        del record[derived]
    if plan.place is None:
        del record["place"]
    for arm in ("control", "candidate"):
        record[arm] = record[arm]["tree"]
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]
