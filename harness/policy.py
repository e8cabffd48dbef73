"""What it takes to change a harness: ``policy.toml``, which no proposal may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from harness.edits import Tree
from harness.sandboxes.choose import ANY_SANDBOX, SandboxChoice
from harness.strict_toml import Table, TomlFile, choices, read_toml
from harness.tree_paths import POLICY_PATH
from traces.errors import RuleError
from traces.redaction_policy import OwnRule, rules_named
from traces.redaction_rules import DEFAULT_NAMES, Rule

CATEGORIES = (
    "effort",
    "limits",
    "middleware",
    "prompts",
    "tools",
)  # of changes; new code is always interactive


class Tier(StrEnum):
    """Who may apply a proposal that passed, from the most careful on."""

    INTERACTIVE = "interactive"
    BACKLOG = "backlog"
    AUTONOMOUS = "autonomous"


@dataclass(frozen=True, kw_only=True)
class CostGuard:
    """The largest ratio, candidate over control, of the mean cost of a run."""

    tokens: float = 2.0
    seconds: float = 2.0
    money: float = 2.0


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """Which secrets are taken out before anything is written, on top of the rules that always apply.

    ``also`` switches built-in rules on that are off by default, ``off`` others off; ``own`` are own rules.
    """

    also: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    own: tuple[OwnRule, ...] = ()

    def rules(self) -> tuple[Rule, ...]:
        """The rules that apply; raises ``RuleError`` for unknown names and patterns that cannot be used."""
        rules_named(self.off)  # so that a typing error there is told too
        return rules_named((*(set(DEFAULT_NAMES) - set(self.off)), *self.also), extra=self.own)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A parsed ``policy.toml``; the defaults are what holds where there is none.

    ``error_budget`` is the chance per campaign that any candidate which does not help is promoted, shared
    by at most ``candidates``; with the ``error_rule`` "e-lond" it is the share of all promotions that may not help, and
    nobody declares how many candidates there are. ``planned_effect`` is a mean difference in score, 0..1, and so are the
    margins: what one change may lose and still count as safe (``regression_margin``), and what all of an epoch may together
    (``epoch_margin``). ``together`` is how many proposals of a round ``optimize`` measures against one
    control arm. ``claim`` is that of ``optimize``, ``evaluate_claim`` that of ``evaluate``, and
    ``question`` what it asks. ``power`` is the chance of deciding that an evaluation without a budget is sized for;
    ``repeats`` are pairs of each group (claim ``groups``) or rounds over all tasks (claim ``suite``), ``None`` as many
    as that takes. ``autonomy`` maps a category of changes to its tier; ``default_tier`` holds for the others.
    ``sandbox`` is what tasks and the harness's own code run in.
    """

    error_rule: Literal["campaign", "e-lond"] = "campaign"
    error_budget: float = 0.05
    candidates: int = 8
    claim: Literal["groups", "suite"] = "groups"
    evaluate_claim: Literal["groups", "suite"] = "suite"
    question: Literal["safe", "better"] = "safe"
    planned_effect: float = 0.2
    power: float = 0.8
    repeats: int | None = None
    regression_margin: float = 0.1
    epoch_margin: float = 0.2
    in_flight: int = 2
    together: int = 1
    cost_guard: CostGuard = field(default_factory=CostGuard)
    default_tier: Tier = Tier.INTERACTIVE
    autonomy: Mapping[str, Tier] = field(default_factory=dict)
    redaction: Redaction = field(default_factory=Redaction)
    sandbox: SandboxChoice = ANY_SANDBOX

    def tier(self, categories: Iterable[str]) -> Tier:
        """The most careful tier among the categories that a change touches.

        A category outside ``CATEGORIES`` (new code, or none at all) is interactive.
        """
        tiers = [
            self.autonomy.get(category, self.default_tier) if category in CATEGORIES else Tier.INTERACTIVE
            for category in categories
        ]
        return min(tiers, key=list(Tier).index, default=Tier.INTERACTIVE)


Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Ratio = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class _Campaign(Table):
    error_rule: Literal["campaign", "e-lond"] = Policy.error_rule
    error_budget: Share = Policy.error_budget
    candidates: Annotated[int, Field(ge=1, le=1000)] = Policy.candidates


class _Experiment(Table):
    claim: Literal["groups", "suite"] = Policy.claim
    evaluate_claim: Literal["groups", "suite"] = Policy.evaluate_claim
    question: Literal["safe", "better"] = Policy.question
    planned_effect: Share = Policy.planned_effect
    power: Annotated[float, Field(ge=0.5, le=0.99, allow_inf_nan=False)] = Policy.power
    repeats: Annotated[int, Field(ge=1, le=100)] | None = Policy.repeats
    regression_margin: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = Policy.regression_margin
    epoch_margin: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = Policy.epoch_margin
    in_flight: Annotated[int, Field(ge=1, le=256)] = Policy.in_flight
    together: Annotated[int, Field(ge=1, le=64)] = Policy.together


class _CostGuard(Table):
    tokens: Ratio = CostGuard.tokens
    seconds: Ratio = CostGuard.seconds
    money: Ratio = CostGuard.money


class _Rule(Table):
    name: str
    literals: list[str]
    pattern: str


class _Redaction(Table):
    also: list[str] = Field(default_factory=list)
    off: list[str] = Field(default_factory=list)
    rule: list[_Rule] = Field(default_factory=list)


class _Sandbox(Table):
    kind: Literal["auto", "namespace", "directory", "docker"] = "auto"
    image: str | None = None


class _File(Table):
    campaign: _Campaign = _Campaign()
    experiment: _Experiment = _Experiment()
    cost_guard: _CostGuard = _CostGuard()
    autonomy: dict[str, str] = Field(default_factory=dict)
    redaction: _Redaction = _Redaction()
    sandbox: _Sandbox = _Sandbox()


def parse_policy(tree: Tree) -> Policy:
    """The policy of a harness; raises ``ManifestError`` naming file, line and valid choices."""
    if POLICY_PATH not in tree:
        return Policy()
    toml = read_toml(tree, POLICY_PATH)
    file = toml.check(_File)
    tiers = {name: _tier(toml, name, value) for name, value in file.autonomy.items()}
    return Policy(
        error_rule=file.campaign.error_rule,
        error_budget=float(file.campaign.error_budget),
        candidates=file.campaign.candidates,
        claim=file.experiment.claim,
        evaluate_claim=file.experiment.evaluate_claim,
        question=file.experiment.question,
        planned_effect=float(file.experiment.planned_effect),
        power=float(file.experiment.power),
        repeats=file.experiment.repeats,
        regression_margin=float(file.experiment.regression_margin),
        epoch_margin=float(file.experiment.epoch_margin),
        in_flight=file.experiment.in_flight,
        together=file.experiment.together,
        cost_guard=CostGuard(**{name: float(value) for name, value in file.cost_guard.model_dump().items()}),
        default_tier=tiers.pop("default", Tier.INTERACTIVE),
        autonomy=tiers,
        redaction=_redaction(toml, file.redaction),
        sandbox=SandboxChoice(name=file.sandbox.kind, image=file.sandbox.image),
    )


def _redaction(toml: TomlFile, found: _Redaction) -> Redaction:
    own = tuple(
        OwnRule(name=rule.name, literals=tuple(rule.literals), pattern=rule.pattern) for rule in found.rule
    )
    redaction = Redaction(also=tuple(found.also), off=tuple(found.off), own=own)
    try:
        redaction.rules()
    except RuleError as error:
        raise toml.problem(("redaction",), str(error)) from error
    return redaction


def _tier(toml: TomlFile, category: str, value: str) -> Tier:
    valid = ("default", *CATEGORIES)
    if category not in valid:
        raise toml.problem(
            ("autonomy", category), f"unknown category {category!r}; {choices(category, valid)}"
        )
    tiers = [tier.value for tier in Tier]
    if value not in tiers:
        raise toml.problem(("autonomy", category), f"unknown tier {value!r}; {choices(value, tiers)}")
    return Tier(value)
