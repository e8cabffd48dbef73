"""What an experiment on a suite could find, what that takes and costs: computed from what is known, nothing is run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.gate.noise import prior_noise
from benchmarks.gate.planning import Forecast, Request, plan
from benchmarks.gate.verdict import Claim, Question
from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.calibration import RunCost
from flywheel.campaigns import ErrorBudget, budget_or_new, known_campaign, require_open
from flywheel.comparison import ROUNDS, margin_left, planned_size
from flywheel.errors import FlywheelError
from flywheel.known_noise import PlannedNoise, planned_noise
from flywheel.mine_index import minable, stored_runs
from flywheel.observer import Observer
from flywheel.project import Project
from flywheel.run_cost import cost_of_runs
from flywheel.suites import open_suite

QUESTIONS: tuple[Question, ...] = ("better", "safe")
CLAIMS: tuple[Claim, ...] = ("groups", "suite")


@dataclass(frozen=True, kw_only=True)
class PlanOrder:
    """What ``flywheel plan`` was asked for.

    ``effect`` is the wanted gain (0..1; the policy's planned effect where it is ``None``), ``budget`` the runs of both arms,
    ``repeats`` the pairs of each group or task where no budget is given.
    """

    suite: str
    harness: str = "HEAD"
    questions: tuple[Question, ...] = QUESTIONS
    claims: tuple[Claim, ...] = CLAIMS
    effect: float | None = None
    budget: int | None = None
    repeats: int | None = None
    seed: int = 1
    in_flight: int | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedExperiment:
    """One claim and question: what was asked of the plan, and what it comes to.

    ``cautious_power`` is the chance of the wanted answer if runs are as noisy as those of unmeasured harnesses may well be;
    ``None`` where the noise was measured.
    """

    request: Request
    forecast: Forecast
    noise: PlannedNoise
    cautious_power: float | None


@dataclass(frozen=True, kw_only=True)
class SuitePlan:
    """All that was asked, on one harness; ``threshold`` is the wealth that the campaign's next candidate needs."""

    order: PlanOrder
    commit: str
    tree: str
    groups: int
    campaign: ErrorBudget
    threshold: float
    effect: float
    margin: float
    in_flight: int
    cost: RunCost | None
    simulated: bool
    experiments: tuple[PlannedExperiment, ...]


def plan_suite(project: Project, order: PlanOrder, observer: Observer) -> SuitePlan:
    """Compute it; writes nothing, and reads no run that a look covers.

    The noise is what the ledger holds of calibrations and verdicts; costs come from a calibration or from runs of ``mine``.
    Raises ``CampaignError`` where the campaign is closed or no candidate is left, ``SuiteError`` without a gate split, ``FlywheelError`` for an
    effect or margin that is none.
    """
    repository = project.repository
    commit = repository.resolve(order.harness)
    policy = project.policy(commit)
    effect = policy.planned_effect if order.effect is None else order.effect
    if not 0.0 < effect < 1.0:
        raise FlywheelError(
            f"--effect {effect:g}: give a share of the tasks between 0 and 1, such as 0.1 for 10 points"
        )
    opened = known_campaign(project, suite=order.suite, seed=order.seed)
    campaign = budget_or_new(project, opened, policy)
    if opened is not None:
        require_open(opened, campaign, "")
    threshold = campaign.charge("").of("").threshold
    suite = open_suite(order.suite, seed=order.seed, observer=observer, held_out=True, project=project)
    tree = repository.tree_hash(commit)
    bare = SuitePlan(
        order=order,
        commit=commit,
        tree=tree,
        groups=len(tasks_of(suite, Split.GATE, per_group=1, seed=order.seed)),
        campaign=campaign,
        threshold=threshold,
        effect=effect,
        margin=margin_left(project, policy, commit, opened),
        in_flight=order.in_flight or policy.in_flight,
        cost=known_cost(project, suite=order.suite, tree=tree),
        simulated=project.manifest(commit).model.startswith("simulated:"),
        experiments=(),
    )
    return replace(bare, experiments=tuple(_experiments(project, bare)))


def known_cost(project: Project, *, suite: str, tree: str) -> RunCost | None:
    """The cost of one run of this harness: from its calibration, else from its runs of ``mine``; no other is read."""
    noise = planned_noise(project, suite=suite, control_tree=tree, claim="suite", looks=False)
    if noise.calibration is not None and noise.same_harness and noise.calibration.cost.seconds is not None:
        return noise.calibration.cost
    runs = [
        run
        for run in minable(project, stored_runs(project))
        if run.harness_tree == tree and run.suite == suite
    ]
    found = cost_of_runs(runs)
    if found is None and noise.calibration is not None:
        return noise.calibration.cost
    return found


def _experiments(project: Project, bare: SuitePlan) -> Iterator[PlannedExperiment]:
    for question in bare.order.questions:
        for claim in bare.order.claims:
            noise = planned_noise(project, suite=bare.order.suite, control_tree=bare.tree, claim=claim)
            yield _experiment(bare, _request(bare, noise, question), noise)


def _experiment(bare: SuitePlan, request: Request, noise: PlannedNoise) -> PlannedExperiment:
    request = _sized(bare, request)
    cautious = None
    if noise.noise is None:
        unknown = replace(request, noise=prior_noise(request.noise.pass_rate or 0.5))
        cautious = plan(unknown).power
    return PlannedExperiment(
        request=request,
        forecast=plan(request),
        noise=noise.with_repeats(request.repeats),
        cautious_power=cautious,
    )


def _request(bare: SuitePlan, noise: PlannedNoise, question: Question) -> Request:
    """One pair of each unit, planned as the experiment itself would be."""
    known = noise.noise_for(bare.effect)
    if question == "safe":
        known = replace(known, upper=noise.discordance(bare.effect, question="safe"))
    return Request(
        claim=noise.claim,
        units=bare.groups,
        share=1.0 / bare.threshold,
        noise=known,
        effect=bare.effect if question == "better" else 0.0,
        question=question,
        margin=bare.margin if question == "safe" else 0.0,
        in_flight=bare.in_flight,
        run_seconds=bare.cost.seconds or 0.0 if bare.cost else 0.0,
        run_usd=bare.cost.usd if bare.cost else 0.0,
    )


def _sized(bare: SuitePlan, request: Request) -> Request:
    """With the repeats that were asked for, that the budget pays for, or that it usually takes."""
    order = bare.order
    if order.budget is not None:
        size = planned_size(bare.groups, budget=order.budget, claim=request.claim)
        units = min(bare.groups, size.max_bets or bare.groups)
        return replace(request, units=units, repeats=max(1, order.budget // (2 * units)))
    if order.repeats is not None or request.claim == "groups":
        return replace(request, repeats=order.repeats or 1)
    needed = plan(request).repeats_needed
    return replace(request, repeats=ROUNDS if needed is None else min(ROUNDS, needed))


def minutes(found: SuitePlan, runs: float) -> float | None:
    """Real minutes of so many runs; ``None`` where no real time is known."""
    if found.cost is None or found.cost.seconds is None:
        return None
    return math.ceil(runs) * found.cost.seconds / found.in_flight / 60.0
