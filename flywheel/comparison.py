"""What ``flywheel evaluate`` is asked, looked up: commits, policy, share of the error budget, margin and size."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.errors import PlanError
from benchmarks.experiment_plan import Design
from benchmarks.gate.anchor import allowed_margin, margin_used
from benchmarks.gate.campaign import Charge
from benchmarks.gate.evidence import Evidence
from benchmarks.gate.power import bets_needed
from benchmarks.gate.verdict import Claim
from benchmarks.gate.verdict import Question as Asks
from benchmarks.splits import tasks_of
from benchmarks.task import Split, Suite, Task
from flywheel.budgets import Budget
from flywheel.campaigns import ErrorBudget, OpenCampaign, budget_or_new, known_campaign, require_open
from flywheel.difference import mechanism_between
from flywheel.errors import FlywheelError
from flywheel.known_noise import PlannedNoise, planned_noise
from flywheel.measuring import Subject, parts
from flywheel.project import Project
from flywheel.records import mapping, verdict_of
from harness.errors import ManifestError
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest
from harness.policy import Policy
from harness.repository import HarnessRepository

ROUNDS = 10  # over all tasks, at most, where no budget is given


@dataclass(frozen=True, kw_only=True)
class Question:
    """Is ``candidate`` safe (or better) on the gate split of ``suite``? Commits, branches or tags.

    ``asks`` is "safe", worse than ``against`` by less than the policy's margin, or "better"; ``None`` is what the
    policy asks. ``budget`` bounds the runs of both arms together; ``None`` is as many as it usually takes to decide.
    ``force`` also runs what cannot decide, which promotes nothing. ``go_on`` continues an inconclusive experiment with the
    wealth it has. ``local_ledger`` keeps the ledger in this clone, whatever remote there is.
    """

    candidate: str
    against: str
    suite: str
    asks: Asks | None = None
    seed: int = 1
    budget: Budget | None = None
    force: bool = False
    go_on: bool = False
    in_flight: int | None = None
    trust_code: bool = False
    local_ledger: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A question with its words looked up: both commits, the control's policy, and the share that it would hold.

    ``margin`` is what the candidate may lose, 0 where it must be better; ``threshold`` is the wealth it needs, ``noise``
    what is known of the control's.
    """

    question: Question
    subject: Subject
    policy: Policy
    opened: OpenCampaign | None
    campaign: ErrorBudget
    threshold: float
    margin: float
    noise: PlannedNoise

    @property
    def asks(self) -> Asks:
        """What is asked: the question's own words, or what the policy says."""
        return self.question.asks or self.policy.question

    @property
    def in_flight(self) -> int:
        """Runs at a time."""
        return self.question.in_flight or self.policy.in_flight

    @property
    def claim(self) -> Claim:
        """What the answer will speak for."""
        return self.policy.evaluate_claim

    def discordance(self, repeats: int) -> float:
        """The planned mean square of a bet with so many pairs of each group or task."""
        noise = self.noise.with_repeats(repeats)
        return noise.discordance(self.policy.planned_effect, question=self.asks)

    def design(self, size: Size) -> Design:
        """How the experiment is made: what is forecast is what is run."""
        return Design(
            suite=self.question.suite,
            seed=self.question.seed,
            threshold=self.threshold,
            claim=self.claim,
            effect=self.policy.planned_effect,
            repeats=size.repeats,
            max_bets=size.max_bets,
            in_flight=self.in_flight,
            question=self.asks,
            margin=self.margin,
            discordance=self.discordance(size.repeats),
            force=self.question.force,
        )


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is planned: pairs of each group or task, and where the order is cut."""

    repeats: int
    max_bets: int | None = None


def compare(project: Project, question: Question) -> Comparison:
    """Look up what the question names; nothing is written.

    Raises ``FlywheelError`` where both are the same harness or the campaign has another seed, ``ManifestError``
    where one does not load, ``CampaignError`` where no candidate is left, and ``PlanError`` where no margin is.
    """
    repository = project.repository
    control, candidate = repository.resolve(question.against), repository.resolve(question.candidate)
    trees = repository.tree_hash(control), repository.tree_hash(candidate)
    if trees[0] == trees[1]:
        raise FlywheelError(
            f"{question.candidate} and {question.against} are the same harness (tree {trees[0][:10]}); nothing to measure"
        )
    before = _loaded(repository, control, f"the control {question.against}")
    after = _loaded(repository, candidate, f"the candidate {question.candidate}")
    policy = project.policy(control)
    asks = question.asks or policy.question
    name = f"{trees[1][:12]}-against-{trees[0][:12]}"
    subject = Subject(
        name=name if asks == "better" else f"{name}-safe",
        control=control,
        candidate=candidate,
        mechanism=mechanism_between(before, after),
    )
    opened = known_campaign(project, suite=question.suite, seed=question.seed)
    campaign = budget_or_new(project, opened, policy)
    if opened is not None:
        require_open(opened, campaign, subject.name)
    return Comparison(
        question=question,
        subject=subject,
        policy=policy,
        opened=opened,
        campaign=campaign,
        threshold=_held(campaign, subject.name).threshold,
        margin=_margin(project, policy, subject, opened) if asks == "safe" else 0.0,
        noise=planned_noise(
            project, suite=question.suite, control_tree=trees[0], claim=policy.evaluate_claim
        ),
    )


def _margin(project: Project, policy: Policy, subject: Subject, opened: OpenCampaign | None) -> float:
    """What this change may lose, or might when its experiment was planned; raises ``PlanError`` where that is nothing."""
    known = parts(project, f"{opened.id}/{subject.name}") if opened is not None else ()
    if known:
        return float(mapping(known[-1].body["plan"])["margin"])
    margin = margin_left(project, policy, subject.control, opened)
    if margin <= 0.0:
        raise PlanError(
            "regression_margin in policy.toml is 0, and no experiment can show that a change loses nothing at all: set a "
            "margin such as 0.1, or ask for --better"
        )
    return margin


def sized(comparison: Comparison, suite: Suite, *, runs: int | None = None) -> tuple[Size, tuple[Task, ...]]:
    """The tasks that will be run and how often, within a budget of so many runs of both arms.

    Claim ``groups``: other tasks of the same groups where the budget allows more than one pair each. Claim
    ``suite``: more rounds over all tasks. Raises ``SuiteError`` where the suite has no gate split.
    """
    question = comparison.question
    tasks = tasks_of(suite, Split.GATE, per_group=1, seed=question.seed)
    wanted = runs or _usual_budget(comparison, len(tasks))
    size = planned_size(len(tasks), budget=wanted, claim=comparison.claim)
    if comparison.claim == "groups" and size.repeats > 1:
        tasks = tasks_of(suite, Split.GATE, per_group=size.repeats, seed=question.seed)
    return size, tasks


def planned_size(units: int, *, budget: int, claim: Claim) -> Size:
    """How many pairs of each of ``units`` groups or tasks a budget of runs pays for, never more than it."""
    pairs = budget // 2
    if claim == "groups":
        return Size(repeats=max(1, pairs // units), max_bets=pairs if pairs < units else None)
    return Size(repeats=math.ceil(pairs / units), max_bets=pairs)


def _usual_budget(comparison: Comparison, units: int) -> int:
    """Runs that decide in four of five cases if the plan's assumptions hold, in whole rounds over the units.

    As many as the policy's ``repeats`` where they are set; else one for claim ``groups``, where repeats of a group are no
    further bets, and at most ``ROUNDS``.
    """
    repeats = comparison.policy.repeats or (1 if comparison.claim == "groups" else None)
    if repeats is not None:
        return 2 * units * repeats
    planned = comparison.policy.planned_effect
    safe = comparison.asks == "safe"
    discordance, effect = comparison.discordance(1), 0.0 if safe else planned
    start = Evidence.start(
        effect=effect,
        discordance=discordance,
        threshold=comparison.threshold,
        margin=comparison.margin if safe else None,
    )
    pairs = bets_needed(start, effect=effect, discordance=discordance, power=comparison.policy.power)
    rounds = ROUNDS if pairs is None else min(ROUNDS, math.ceil(pairs / units))
    return 2 * units * rounds


def _held(campaign: ErrorBudget, name: str) -> Charge:
    """The share that a candidate holds, or the one that it would be given."""
    known = [charge for charge in campaign.charges if charge.candidate == name]
    return known[0] if known else campaign.charge(name).of(name)


def margin_left(project: Project, policy: Policy, control: str, opened: OpenCampaign | None) -> float:
    """What this change may lose: all of its margin against the epoch's first harness, else what others left of it."""
    tree_hash = project.repository.tree_hash
    if opened is None or tree_hash(opened.start) == tree_hash(control):
        return policy.regression_margin
    accepted = (
        verdict_of(mapping(entry.body["verdict"]))
        for entry in project.ledger.entries("verdict")
        if entry.body["campaign"] == opened.id
    )
    used = map(margin_used, accepted)
    return allowed_margin(policy.regression_margin, epoch=policy.epoch_margin, used=used)


def _loaded(repository: HarnessRepository, commit: str, name: str) -> Manifest:
    """The manifest of a commit; raises ``ManifestError`` that says which of the two does not load."""
    try:
        return parse_manifest(repository.tree(commit))
    except ManifestError as error:
        raise ManifestError(f"{name} ({commit[:10]}) does not load: {error}") from None
